// Says in the log which probes are refused as bad requests: that is a matter of the configuration, or of this program, and nothing
// that a provider will mend. Bounded: a whole fleet that is refused does not fill a disk.

import type { Clock } from "../clock.ts";
import type { Deployment } from "../registry/deployment.ts";

export interface Refusals {
  tell(deployment: Deployment | null, text: string): void;
}

/** Lines a minute. */
const linesMax = 20;
const minuteMs = 60_000;

export function createRefusals(clock: Clock, onNotice: (text: string) => void): Refusals {
  let beganMs = Number.NEGATIVE_INFINITY;
  let lines = 0;
  return {
    tell(deployment, text) {
      if (deployment === null) return;
      const nowMs = clock.monotonicMs();
      if (nowMs - beganMs >= minuteMs) {
        beganMs = nowMs;
        lines = 0;
      }
      lines += 1;
      if (lines > linesMax) return;
      const { modelName, model, modelId } = deployment;
      const more = lines === linesMax ? " (more within this minute are not named)" : "";
      onNotice(
        `the probe of ${modelName} (${model}, ${modelId}) is refused and proves nothing: ${text}; ${refusalMend}${more}`,
      );
    },
  };
}

/** What an operator can do about a probe that is refused. */
export const refusalMend =
  "correct model_info.mode, name a model_info.health_check_model, or say what it needs in model_info.health_check_params";
