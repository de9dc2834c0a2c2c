// Words in error messages that tell what neither code nor status does: the last resort, and for a few of them the first, where
// a common code hides what the words say (a rate limit that is in truth an empty account). Patterns are linear: a
// message is foreign text of any length.

import type { OutcomeClass } from "../table/outcome-class.ts";

interface TextRule {
  readonly pattern: RegExp;
  readonly class: OutcomeClass;
  /** Only for these statuses; any when left out. */
  readonly statuses?: readonly number[];
  /** These words say more than a common code does (a rate limit that is in truth an empty account). */
  readonly beatsCodes?: boolean;
  /** With this code these words mean nothing. */
  readonly unlessCode?: string;
}

/** Words of the message, where codes and status do not tell. */
export const textRules: readonly TextRule[] = [
  {
    pattern:
      /could not finish the message because max_tokens|max_tokens or model output limit was reached/i,
    class: "ok_limited_output",
    beatsCodes: true,
  },
  {
    pattern:
      /content (?:management )?policy|content filter|safety system|(?:input|prompt|message|content|request)\b.{0,40}\bflagged/i,
    class: "ok_limited_output",
    statuses: [400, 403, 451],
    beatsCodes: true,
  },
  {
    pattern:
      /credit balance is too low|insufficient (?:balance|credits?|funds)|(?:not enough|no) (?:balance|credits?)\b|out of credits|used all available credits|spend(?:ing)? (?:limit|cap)|payment required|exhausted balance|credits? (?:is|are|has been|have been) (?:depleted|exhausted|used up)|reached your specified (?:api )?usage limits?|key limit exceeded|(?:exceeded|over) (?:the |your )?(?:spend(?:ing)? )?budget|budget (?:limit|exceeded)/i,
    class: "billing",
    beatsCodes: true,
  },
  {
    // Google's, also where it names the country whose free plan is no more.
    pattern:
      /billing (?:account )?(?:is |has |was )?(?:been )?(?:not (?:been )?(?:enabled|active)|disabled|closed)|(?:enable|requires) billing|billing\b.{0,40}\b(?:is|been) disabled/i,
    class: "billing",
    statuses: [400, 402, 403, 429],
    beatsCodes: true,
  },
  {
    // A month's does not come back while anybody waits for it.
    pattern:
      /per[ -]month|calls ?\/ ?month|monthly (?:[a-z]+ )?(?:limit|quota|allowance|credits?)/i,
    class: "billing",
    statuses: [402, 403, 429],
    beatsCodes: true,
  },
  {
    // A limit of 0 is not used up: what it bounds is not in the plan.
    pattern: /\blimit: 0(?![\d.])/i,
    class: "permission",
    statuses: [402, 403, 429],
    beatsCodes: true,
  },
  {
    // Google says so of every rate.
    pattern: /exceeded your current quota, please check your plan/i,
    class: "billing",
    beatsCodes: true,
    unlessCode: "resource_exhausted",
  },
  {
    // AWS and Databricks call a wrong key a lack of rights.
    pattern:
      /authentication failed: please make sure your api key is valid|bearer token (?:has|is) (?:expired|invalid)|invalid access token|security token included in the request is (?:expired|invalid)/i,
    class: "auth",
    statuses: [400, 401, 403],
    beatsCodes: true,
  },
  { pattern: /^operation not allowed\b/i, class: "permission", statuses: [400] },
  {
    pattern: /endpoint\b.{0,120}\bnot found\b|could not find endpoint/i,
    class: "model_not_found",
    statuses: [400, 404],
  },
  {
    pattern:
      /(?:incorrect|invalid|expired|missing|bad|wrong|no) (?:x-)?api[- _]?key|api key (?:not valid|expired|is invalid)|invalid (?:access )?(?:token|bearer)|invalid x-api-key/i,
    class: "auth",
    statuses: [400, 401, 403],
  },
  {
    pattern:
      /location is not supported|not available in (?:your|this) (?:country|region)|unsupported (?:country|region)/i,
    class: "region",
  },
  {
    pattern: /per[ -]?day|daily (?:[a-z]+ )?(?:limit|quota)|userbymodelbyday/i,
    class: "quota_exhausted",
    statuses: [402, 403, 429],
    beatsCodes: true,
  },
  {
    pattern:
      /overloaded|over capacity|at capacity|no capacity|capacity (?:exceeded|reached)|engine is (?:currently )?overloaded|too busy|server (?:is )?busy|pending requests exceeded/i,
    class: "overloaded",
    statuses: [429, 500, 502, 503, 529],
    beatsCodes: true,
  },
  {
    pattern:
      /(?:model|engine|runner).{0,60}(?:is )?(?:loading|starting|warming|not ready|not loaded)|loading model|currently loading|cold start|scal(?:ing|ed) (?:up|to zero)/i,
    class: "not_ready",
    statuses: [400, 409, 425, 500, 503],
  },
  {
    pattern:
      /(?:model|deployment|engine)s?\b.{0,120}(?:not found|does not exist|do not have access|doesn't exist|not exist|unknown|decommissioned|deprecated|retired|no longer)|unknown model|no such model|not a valid model|invalid model|model identifier is invalid|on-demand throughput isn.t supported/is,
    class: "model_not_found",
    statuses: [400, 403, 404, 410, 422],
  },
];
