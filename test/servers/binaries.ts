// The real servers and tools that the tests need: where they are, and how to get them where they are not.

import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";

interface Needed {
  readonly program: string;
  /** Folders besides PATH, newest last. */
  readonly places: readonly string[];
  readonly debian: string;
  readonly homebrew: string;
}

const needed = {
  initdb: {
    program: "initdb",
    places: [
      "/usr/lib/postgresql/*/bin",
      "/opt/homebrew/opt/postgresql*/bin",
      "/usr/local/opt/postgresql*/bin",
    ],
    debian: "postgresql",
    homebrew: "postgresql",
  },
  postgres: {
    program: "postgres",
    places: [
      "/usr/lib/postgresql/*/bin",
      "/opt/homebrew/opt/postgresql*/bin",
      "/usr/local/opt/postgresql*/bin",
    ],
    debian: "postgresql",
    homebrew: "postgresql",
  },
  redis: { program: "redis-server", places: [], debian: "redis-server", homebrew: "redis" },
  promtool: { program: "promtool", places: [], debian: "prometheus", homebrew: "prometheus" },
  openssl: { program: "openssl", places: [], debian: "openssl", homebrew: "openssl" },
} as const satisfies Record<string, Needed>;

export type BinaryName = keyof typeof needed;

/** The program's path, or null. */
export function findBinary(name: BinaryName): string | null {
  const { program, places } = needed[name];
  const folders = [
    ...places.flatMap((pattern) => globSync(pattern).sort().reverse()),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
}

/** The program's path; throws with what to install. */
export function binary(name: BinaryName): string {
  const path = findBinary(name);
  if (path === null) throw new Error(`${needed[name].program} is missing; ${advice([name])}`);
  return path;
}

/** Installs what is missing where that is possible; throws with what to install where it is not. */
export function ensureBinaries(): void {
  const names = Object.keys(needed) as BinaryName[];
  const missing = () => names.filter((name) => findBinary(name) === null);
  if (missing().length === 0) return;
  const packages = [...new Set(missing().map((name) => needed[name].debian))];
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (Bun.which("apt-get") !== null && runs([...asRoot, "true"])) {
    process.stderr.write(`installing ${packages.join(", ")} for the tests\n`);
    runs([...asRoot, "apt-get", "update", "-qq"]);
    runs([...asRoot, "apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages]);
  }
  const still = missing();
  if (still.length > 0) throw new Error(`the tests need real servers and tools: ${advice(still)}`);
}

function advice(names: readonly BinaryName[]): string {
  const debian = [...new Set(names.map((name) => needed[name].debian))].join(" ");
  const homebrew = [...new Set(names.map((name) => needed[name].homebrew))].join(" ");
  return `install them with \`apt-get install ${debian}\` or \`brew install ${homebrew}\``;
}

function runs(command: readonly string[]): boolean {
  try {
    return (
      Bun.spawnSync([...command], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "inherit",
      }).exitCode === 0
    );
  } catch {
    return false;
  }
}
