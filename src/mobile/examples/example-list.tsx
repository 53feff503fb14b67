import { audience, isStatus, useExamples, useOnline } from "@reference-architecture/shared";
import { useState } from "react";
import { FlatList, RefreshControl, StyleSheet, View } from "react-native";
import { useDeployment } from "../auth/deployment.ts";
import { COLUMN, usePalette } from "../theme.ts";
import { useLive } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, RequestId } from "../ui/failure.tsx";
import { Screen, useRoom } from "../ui/screen.tsx";
import { Heading, Text } from "../ui/text.tsx";
import { useDeletion } from "./deletion.tsx";
import { ExampleRow } from "./example-row.tsx";

type ExamplesQuery = ReturnType<typeof useExamples>;

export function ExampleList() {
  const query = useExamples();
  const { hidden, remove } = useDeletion();
  const room = useRoom();
  const [isPulled, setPulled] = useState(false);

  if (query.data === undefined) {
    return (
      <Screen>
        <Absent query={query} />
      </Screen>
    );
  }
  const refresh = async () => {
    setPulled(true);
    await query.refetch();
    setPulled(false);
  };
  const shown = query.data.filter(({ id }) => !hidden.has(id));
  return (
    <FlatList
      role="main"
      testID="examples"
      data={shown}
      keyExtractor={({ id }) => id}
      renderItem={({ item }) => <ExampleRow example={item} onDelete={() => remove(item)} />}
      ListHeaderComponent={<Head query={query} />}
      ListEmptyComponent={query.hasNextPage ? null : <Empty />}
      ListFooterComponent={query.hasNextPage ? <More query={query} /> : null}
      onEndReached={() => {
        const { hasNextPage, isFetching, isFetchNextPageError } = query;
        if (hasNextPage && !isFetching && !isFetchNextPageError) void query.fetchNextPage();
      }}
      onEndReachedThreshold={1}
      refreshControl={
        <RefreshControl refreshing={isPulled && query.isRefetching} onRefresh={refresh} />
      }
      contentInsetAdjustmentBehavior="automatic"
      contentContainerStyle={[styles.list, room]}
    />
  );
}

/** In the place of a list that was never loaded. */
function Absent({ query }: { query: ExamplesQuery }) {
  if (query.isError) {
    return (
      <Failure
        title="The list could not be loaded"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return query.isPaused ? <Offline /> : <Skeleton />;
}

function Offline() {
  const title = "You are offline";
  useLive(title);
  return (
    <View role="status" aria-live="polite">
      <Heading>{title}</Heading>
      <Text tone="inkSoft">The examples will appear when you are back online.</Text>
    </View>
  );
}

/** Whose the list is, and whether what is on the screen is what the server has. */
function Head({ query }: { query: ExamplesQuery }) {
  const { config } = useDeployment();
  const online = useOnline();
  const isStale = online && query.isRefetchError && !query.isRefetching;
  const offline = online ? null : "Offline. Showing what was last loaded.";
  const state = isStale ? "Could not be refreshed" : offline;
  useLive(state);
  return (
    <View style={styles.head}>
      <Text look="small" tone="inkSoft">
        {audience(config)}
        {config.tenant}, newest first
      </Text>
      <Text look="small" tone="warning" role="status" aria-live="polite">
        {state}
      </Text>
      {isStale && <Button title="Refresh" onPress={() => void query.refetch()} />}
    </View>
  );
}

/** A button too, for who does not scroll. */
function More({ query }: { query: ExamplesQuery }) {
  const { fetchNextPage, refetch, isFetching, isFetchingNextPage, isFetchNextPageError, error } =
    query;
  const problem = isFetchNextPageError && error !== null ? error : null;
  const said = problem && `The rest could not be loaded. ${problem.message}`;
  useLive(said);
  return (
    <View style={styles.more}>
      {problem && (
        <View role="alert" aria-live="assertive">
          <Text>{said}</Text>
          <RequestId error={problem} />
        </View>
      )}
      <Button
        title={isFetchNextPageError ? "Try again" : isFetchingNextPage ? "Loading…" : "Load more"}
        busy={isFetching}
        // A cursor that is refused once is refused for ever: a new one comes with the pages before it.
        onPress={() => void (isStatus(problem, 400) ? refetch() : fetchNextPage())}
      />
    </View>
  );
}

function Skeleton() {
  const { rule } = usePalette();
  return (
    <View role="status" aria-label="Loading the examples" accessible>
      {["62%", "44%", "71%", "38%"].map((width) => (
        <View key={width} style={[styles.ghost, { borderColor: rule }]}>
          <View style={[styles.stroke, { width: width as "62%", backgroundColor: rule }]} />
        </View>
      ))}
    </View>
  );
}

const Empty = () => (
  <View style={styles.head}>
    <Heading>Nothing here yet</Heading>
    <Text tone="inkSoft">Add the first example: press New and give it a name.</Text>
  </View>
);

const styles = StyleSheet.create({
  list: { width: "100%", maxWidth: COLUMN, alignSelf: "center" },
  head: { paddingVertical: 12, gap: 8 },
  more: { paddingVertical: 16, gap: 12 },
  ghost: { minHeight: 68, justifyContent: "center", borderBottomWidth: 1 },
  stroke: { height: 14, borderRadius: 7 },
});
