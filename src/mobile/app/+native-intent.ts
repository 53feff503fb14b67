const MAILED = /^[\w+.-]+:\/\/(?:[^/?#]*\/)?auth\/verify#/;

/** Hands a sign-in link on whole: the router drops the host, or with the app's own scheme the fragment. */
export const redirectSystemPath = ({ path }: { path: string }) =>
  MAILED.test(path) ? `/auth/verify#${path}` : path;
