import { type Example, isStatus, useExamples, useOnline } from "@reference-architecture/shared";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Failure, RequestId } from "../ui/failure.tsx";
import styles from "./example-list.module.css";
import { ExampleRow, focusRow } from "./example-row.tsx";

type ExamplesQuery = ReturnType<typeof useExamples>;

type Props = {
  /** Deleted for the reader, though not yet for the server. */
  hidden: ReadonlySet<string>;
  onDelete: (example: Example) => void;
  /** The one that was just added: it shows where it went. */
  freshId: string | null;
};

export function ExampleList({ hidden, onDelete, freshId }: Props) {
  const query = useExamples();
  /** As they were when that began: the reader's text is in them, and stays where a fetch brings them no more. */
  const [edited, setEdited] = useState<Example[]>([]);

  if (query.data === undefined) {
    if (query.isError) {
      const retry = () => {
        // What failed goes at once, and its button with it.
        focusRow(undefined);
        void query.refetch();
      };
      return <Failure title="The list could not be loaded" error={query.error} onRetry={retry} />;
    }
    return query.isPaused ? <Offline /> : <Skeleton />;
  }

  const shown = withAll(query.data, edited).filter(({ id }) => !hidden.has(id));
  const edit = (example: Example, editing: boolean) =>
    setEdited((all) => (editing ? [...all, example] : all.filter(({ id }) => id !== example.id)));

  const isEmpty = shown.length === 0 && !query.hasNextPage;
  return (
    <section aria-label="Examples, newest first">
      <Freshness query={query} />
      {isEmpty ? (
        <Empty />
      ) : (
        <ul className={styles.list}>
          {shown.map((example) => (
            <ExampleRow
              key={example.id}
              example={example}
              fresh={example.id === freshId}
              editing={edited.some(({ id }) => id === example.id)}
              onEdit={(editing) => edit(example, editing)}
              onDelete={() => onDelete(example)}
            />
          ))}
        </ul>
      )}
      {/* A new element for each page: the old one, pushed down by the rows before it, would be a layout shift. */}
      {query.hasNextPage && <More key={query.data.at(-1)?.id} query={query} />}
    </section>
  );
}

/** The list with those that are missing in it at their places: ids grow with time. */
function withAll(list: Example[], wanted: Example[]): Example[] {
  const missing = wanted.filter(({ id }) => !list.some((each) => each.id === id));
  if (missing.length === 0) return list;
  return [...list, ...missing].sort((one, other) => (one.id < other.id ? 1 : -1));
}

/** Whether what is on the screen is what the server has. */
function Freshness({ query }: { query: ExamplesQuery }) {
  const online = useOnline();
  const isStale = online && query.isRefetchError && !query.isRefetching;
  const refresh = () => {
    // The button goes at once.
    focusRow(undefined);
    void query.refetch();
  };
  return (
    <div className={styles.bar}>
      <span>Newest first</span>
      <div role="status" className={styles.freshness}>
        {!online && "Offline. Showing what was last loaded."}
        {isStale && (
          <>
            Could not be refreshed. {query.error.message}
            <RequestId error={query.error} />
          </>
        )}
      </div>
      {isStale && (
        <Button look="quiet" onClick={refresh}>
          Refresh
        </Button>
      )}
    </div>
  );
}

/** Loads the next page when it comes near the screen; a button too, for who does not scroll. */
function More({ query }: { query: ExamplesQuery }) {
  const { fetchNextPage, isFetching, isFetchingNextPage, isFetchNextPageError, error } = query;
  // A cursor that is refused stays so, as after a release that writes them otherwise: the list begins again.
  const goOn = isStatus(error, 400) ? query.refetch : fetchNextPage;
  const end = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (end.current === null || isFetching || isFetchNextPageError) return;
    const near = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void fetchNextPage();
      },
      { rootMargin: "600px" },
    );
    near.observe(end.current);
    return () => near.disconnect();
  }, [fetchNextPage, isFetching, isFetchNextPageError]);

  // It goes when the page comes. A focus that was on its button goes on to the first row that came.
  useLayoutEffect(() => {
    const going = end.current;
    return () => {
      if (!going?.contains(document.activeElement)) return;
      const last = going.previousElementSibling?.lastElementChild;
      queueMicrotask(() => (last?.nextElementSibling as HTMLElement | null | undefined)?.focus());
    };
  }, []);

  return (
    <div ref={end} className={styles.more}>
      {isFetchNextPageError && error !== null && (
        <div role="alert">
          <p>The rest could not be loaded. {error.message}</p>
          <RequestId error={error} />
        </div>
      )}
      <Button aria-disabled={isFetching} onClick={() => !isFetching && void goOn()}>
        {isFetchNextPageError ? "Try again" : isFetchingNextPage ? "Loading…" : "Load more"}
      </Button>
    </div>
  );
}

function Skeleton() {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">Loading the examples</span>
      <div className={styles.bar} />
      {[62, 44, 71, 38, 55].map((width) => (
        <div key={width} className={styles.ghost}>
          <span style={{ inlineSize: `${width}%` }} />
          <span />
        </div>
      ))}
    </div>
  );
}

function Empty() {
  return (
    <div className={styles.state}>
      <svg viewBox="0 0 96 64" width="96" height="64" aria-hidden="true">
        <path d="M14 60V34a34 34 0 0 1 68 0v26M30 60V34a18 18 0 0 1 36 0v26M2 60h92" />
      </svg>
      <h2>Nothing here yet</h2>
      <p>Add the first example: give it a name and press Enter.</p>
    </div>
  );
}

function Offline() {
  return (
    <div className={styles.state} role="status">
      <h2>You are offline</h2>
      <p>The examples will appear when you are back online.</p>
    </div>
  );
}
