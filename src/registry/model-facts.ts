// What is known of a model at a provider, whoever has it configured: its mode, its row, and why it is not probed. Worked out by
// patterns, once for all deployments of the model.

import { type ModeChoice, modeOf } from "./mode-of.ts";
import { withoutProvider } from "./provider-of.ts";
import { notProbedReason, rowOf } from "./providers/all.ts";
import type { ProviderRow } from "./providers/row.ts";
import { rowInMode } from "./providers/row-in-mode.ts";
import { Remembered } from "./remembered.ts";

export interface ModelFacts {
  readonly mode: ModeChoice;
  /** Why nobody of this version asks it. */
  readonly reason: string | null;
  /** Null when the provider is not known. */
  readonly row: ProviderRow | null;
}

/** `asked` is the model's name at the provider, `behind` and `mode` are model_info's. */
export type FactsOf = (
  provider: string,
  asked: string,
  behind: string | null,
  mode: string | null,
) => ModelFacts;

export function createModelFacts(): FactsOf {
  const known = new Remembered<ModelFacts>();
  return (provider, asked, behind, mode) =>
    known.of(`${provider}\n${asked}\n${behind ?? ""}\n${mode ?? ""}`, () =>
      factsOf(provider, asked, behind, mode),
    );
}

function factsOf(
  provider: string,
  asked: string,
  behind: string | null,
  given: string | null,
): ModelFacts {
  const mode = modeOf(given, provider, behind === null ? asked : withoutProvider(behind));
  const row = rowOf(provider, asked) ?? null;
  return {
    mode,
    reason: notProbedReason(provider, asked),
    row: row === null || mode.kind !== "probed" ? row : rowInMode(row, mode.mode),
  };
}
