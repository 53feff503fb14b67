const MAILED = /^[\w+.-]+:\/\/(?:[^/?#]*\/)?auth\/verify#/;

/** Hands a sign-in link on whole: of what a phone opens, the router drops the host, or the fragment of the app's own scheme. */
export const redirectSystemPath = ({ path }: { path: string }) =>
  MAILED.test(path) ? `/auth/verify#${path}` : path;
