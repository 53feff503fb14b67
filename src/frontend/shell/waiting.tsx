/** The same word as `index.html` shows before the script has come. */
export const Waiting = () => (
  <main id="main" className="waiting" tabIndex={-1}>
    <span role="status">One moment…</span>
  </main>
);
