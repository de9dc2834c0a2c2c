// The error classes of the whole service. Each has a stable code and a message that ends in what to do.
// A deployment that cannot be probed is never an exception: it is an outcome.

/** One mistake in a configuration file: where it stands, what is wrong, how to mend it. */
export interface ConfigProblem {
  readonly file: string;
  /** 1-based; 0 when the problem has no place in the file. */
  readonly line: number;
  readonly column: number;
  /** Dotted key path, such as `model_list[3].litellm_params.model`. */
  readonly key: string;
  readonly message: string;
  readonly mend: string;
}

/** Formats one problem as `file:line:column: key: message. mend`. */
export function formatProblem(problem: ConfigProblem): string {
  const place =
    problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  return `${place}: ${problem.key === "" ? "" : `${problem.key}: `}${problem.message}. ${problem.mend}`;
}

/** The configuration is wrong; carries every problem found, not the first. */
export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  readonly problems: readonly ConfigProblem[];
  /** What was read, or should have been: a change there may mend it. */
  readonly files: readonly string[];

  constructor(problems: readonly ConfigProblem[], files: readonly string[] = []) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
    this.files = files;
  }
}

/** A table of another layout version, or a slot that does not exist. */
export class LayoutError extends Error {
  readonly code = "TABLE_LAYOUT";

  constructor(message: string) {
    super(message);
    this.name = "LayoutError";
  }
}

/** Another process has the table file. */
export class TableInUseError extends Error {
  readonly code = "TABLE_IN_USE";

  constructor(message: string) {
    super(message);
    this.name = "TableInUseError";
  }
}

/** A prober thread could not be started, or did not do what it was told. */
export class FleetError extends Error {
  readonly code = "FLEET";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FleetError";
  }
}
