// What a service that runs does not take over although it could start with it: what would let everybody in, and what looks like a file
// that is still being written.

import type { Config } from "../config/config.ts";
import type { ConfigProblem } from "../errors.ts";
import { hostOf, isLoopback } from "./address.ts";

export interface Running {
  /** The address that it listens on, which only a restart changes. */
  readonly host: string;
  readonly deployments: number;
}

/** Why the running configuration has to stay. */
export function refusedAtReload(next: Config, running: Running): ConfigProblem[] {
  const refused = (key: string, message: string, mend: string): ConfigProblem => ({
    ...{ file: next.file, line: 0, column: 0 },
    ...{ key, message, mend },
  });
  const problems: ConfigProblem[] = [];
  if (!next.listsModels && running.deployments > 0) {
    const message = `there is no list of models, and ${running.deployments} deployments are being probed`;
    problems.push(refused("model_list", message, "Write `model_list: []` to probe none any more"));
  }
  const { masterKey } = next.settings;
  // What a start would keep to this machine must not become open to others by a reload.
  const keptHere = masterKey === null && isLoopback(hostOf(next.settings));
  if (keptHere && !isLoopback(running.host)) {
    const message = `there is no key any more, and ${running.host}, where the service listens, would answer everybody`;
    const mend =
      "Give the key; or restart: without one, and without --host, only this machine is answered";
    problems.push(refused("general_settings.master_key", message, mend));
  }
  return problems;
}
