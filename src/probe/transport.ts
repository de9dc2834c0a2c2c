// One HTTP exchange, whatever client does it. An exchange never throws: it ends in an answer or in a classified failure,
// within its deadlines.

import type { Deadlines } from "../registry/deployment.ts";
import type { OutcomeClass } from "../table/outcome-class.ts";
import type { Phases, ProbeRequest, ProbeResponse } from "./outcome.ts";

export interface ExchangeOptions {
  readonly deadlines: Deadlines;
  /** Bytes of the body that are read at most. */
  readonly bodyBytesMax: number;
  readonly verifyTls: boolean;
}

export type Exchange =
  | { readonly response: ProbeResponse; readonly failure: null; readonly phases: Phases }
  | {
      readonly response: null;
      readonly failure: { readonly class: OutcomeClass; readonly text: string };
      readonly phases: Phases;
    };

export interface ProbeTransport {
  exchange(request: ProbeRequest, options: ExchangeOptions): Promise<Exchange>;
}
