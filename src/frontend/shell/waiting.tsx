/** The same words as `index.html` shows at first, before the script has come. */
export const Waiting = () => (
  <main id="main" className="waiting" tabIndex={-1}>
    <div role="status">
      <h1>One moment…</h1>
    </div>
  </main>
);
