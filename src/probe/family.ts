// A family is two pure functions: how to ask, and how to read the answer.

import type { ProbeTarget } from "../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../transport/transport.ts";
import type { Judgement } from "./outcome.ts";

export interface Family {
  /** The smallest request that proves what the target's rung asks for. */
  request(target: ProbeTarget): HttpRequest;
  /** What the answer means for the deployment. */
  read(target: ProbeTarget, response: HttpResponse): Judgement;
  /**
   * The one adaptive change: when the answer refuses a parameter that we sent, the target to ask
   * again with (and to remember), else null.
   */
  adapt(target: ProbeTarget, response: HttpResponse): ProbeTarget | null;
}
