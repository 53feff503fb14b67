import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// jsdom knows no popovers, and keeps them closed. How people open and close them is tested in a browser.
HTMLElement.prototype.togglePopover = function () {
  this.style.display = "block";
  return true;
};
