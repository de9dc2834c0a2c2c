// What the simulated providers are asked, and how their answers end.

/** `metadata` is about one model, `list` about all of them. */
export type OperationKind = "chat" | "completion" | "embedding" | "metadata" | "list";

/** How an answer ends: with words, its allowance spent on thinking, or withheld by a filter. */
export type Ending = "words" | "thinking" | "filtered";

export interface Asked {
  readonly kind: OperationKind;
  readonly model: string;
}
