// Whether this replica has its place in the cluster, said to its operator once whenever it changes, and what went wrong last.

export interface Standing {
  /** What went wrong; null when all is well. */
  failed(reason: string | null): void;
  reason(): string | null;
  say(isJoined: boolean): void;
}

export function createStanding(
  name: string,
  onNotice: (text: string, isWell: boolean) => void,
): Standing {
  let reason: string | null = null;
  /** Null before anything was said. */
  let said: boolean | null = null;
  return {
    failed(next) {
      reason = next;
    },
    reason: () => reason,
    say(isJoined) {
      if (said === isJoined) return;
      said = isJoined;
      onNotice(
        isJoined
          ? `this replica has its place in the cluster ${name}`
          : `this replica has no place in the cluster ${name} and asks every deployment by itself: ${reason ?? "Redis does not answer"}`,
        isJoined,
      );
    },
  };
}
