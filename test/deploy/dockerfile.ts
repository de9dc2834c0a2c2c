// The Dockerfile as stages and steps, read by the parser that editors use.

import { DockerfileParser, type Flag, type Instruction } from "dockerfile-ast";

type Flagged = Instruction & { getFlags(): Flag[] };

export interface Step {
  readonly keyword: string;
  /** `--name=value` before the arguments. */
  readonly flags: ReadonlyMap<string, string>;
  readonly words: readonly string[];
  /** The command of RUN, CMD, ENTRYPOINT or HEALTHCHECK in exec form; null where it needs a shell. */
  readonly exec: readonly string[] | null;
}

export interface Stage {
  readonly name: string | null;
  readonly base: string;
  readonly steps: readonly Step[];
}

export function readDockerfile(text: string): Stage[] {
  const stages: { name: string | null; base: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = stepOf(instruction);
    if (step.keyword !== "FROM") {
      stages.at(-1)?.steps.push(step);
      continue;
    }
    const [base = "", as, name] = step.words;
    stages.push({ base, name: as?.toUpperCase() === "AS" ? (name ?? null) : null, steps: [] });
  }
  return stages;
}

function stepOf(instruction: Instruction): Step {
  const flags = new Map<string, string>();
  // Those that take flags say so by this method; their arguments come without them.
  if ("getFlags" in instruction) {
    for (const flag of (instruction as Flagged).getFlags())
      flags.set(flag.getName(), flag.getValue() ?? "");
  }
  // Arguments over several lines are one.
  const rest = (instruction.getRawArgumentsContent() ?? "").replace(/\\\s*\n/g, " ").trim();
  const keyword = instruction.getKeyword();
  const list = listOf(keyword === "HEALTHCHECK" ? rest.replace(/^CMD\s+/, "") : rest);
  return { keyword, flags, words: list ?? rest.split(/\s+/), exec: list };
}

function listOf(text: string): string[] | null {
  if (!text.startsWith("[")) return null;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((one) => typeof one === "string") ? list : null;
  } catch {
    return null;
  }
}
