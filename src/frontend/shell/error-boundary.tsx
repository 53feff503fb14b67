import { Component, type ReactNode } from "react";

type Props = { fallback: ReactNode; children: ReactNode };

/** The last net: what breaks while it is drawn, or code of an older deployment that is no longer there to load. */
export class ErrorBoundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? this.props.fallback : this.props.children;
  }
}
