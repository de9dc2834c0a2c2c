// The real servers and tools that the tests need: where they are, and how to get them where they
// are not.

import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";

interface Needed {
  readonly program: string;
  /** Folders besides PATH. */
  readonly places?: readonly string[];
  readonly debian: string;
  readonly homebrew?: string;
  /** Whether this machine needs it; always unless given. */
  readonly isNeeded?: () => boolean;
}

const isRoot = () => process.getuid?.() === 0;

const postgresPlaces = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/opt/homebrew/opt/postgresql*/bin",
  "/usr/local/opt/postgresql*/bin",
];
const postgresPackages = { debian: "postgresql", homebrew: "postgresql" };

const needed = {
  initdb: { program: "initdb", places: postgresPlaces, ...postgresPackages },
  postgres: { program: "postgres", places: postgresPlaces, ...postgresPackages },
  redis: { program: "redis-server", debian: "redis-server", homebrew: "redis" },
  prometheus: { program: "prometheus", debian: "prometheus", homebrew: "prometheus" },
  promtool: { program: "promtool", debian: "prometheus", homebrew: "prometheus" },
  openssl: { program: "openssl", debian: "openssl", homebrew: "openssl" },
  ps: { program: "ps", debian: "procps" },
  /** PostgreSQL refuses to run as root: this lets it run as somebody else. */
  setpriv: { program: "setpriv", debian: "util-linux", isNeeded: isRoot },
} as const satisfies Record<string, Needed>;

export type BinaryName = keyof typeof needed;

const rowOf = (name: BinaryName): Needed => needed[name];

/** The program's path, or null. Of several versions beside PATH the newest. */
export function findBinary(name: BinaryName): string | null {
  const { program, places = [] } = rowOf(name);
  const newestFirst = new Intl.Collator("en", { numeric: true });
  const folders = [
    ...places.flatMap((pattern) => globSync(pattern).sort((a, b) => newestFirst.compare(b, a))),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
}

/** The program's path; throws with what to install. */
export function binary(name: BinaryName): string {
  const path = findBinary(name);
  if (path === null) throw new Error(`${rowOf(name).program} is missing; ${advice([name])}`);
  return path;
}

/** Installs what is missing where that is possible; throws with what to install where it is not. */
export function ensureBinaries(): void {
  const missing = missingBinaries();
  if (missing.length === 0) return;
  const packages = unique(missing.map((name) => rowOf(name).debian));
  // What sudo runs has a clean environment: the variables go with the command. The run level keeps
  // services from starting.
  const asRoot = [
    ...(isRoot() ? [] : ["sudo", "-n"]),
    ...["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"],
  ];
  if (Bun.which("apt-get") !== null && succeeds([...asRoot, "true"])) {
    process.stderr.write(`installing ${packages.join(", ")} for the tests\n`);
    succeeds([...asRoot, "apt-get", "update", "-qq"]);
    succeeds([
      ...asRoot,
      "apt-get",
      "install",
      "-y",
      "-qq",
      "--no-install-recommends",
      ...packages,
    ]);
  }
  const still = missingBinaries();
  if (still.length > 0) throw new Error(`the tests need real servers and tools: ${advice(still)}`);
}

/** What this machine needs and does not have. */
export function missingBinaries(): BinaryName[] {
  return (Object.keys(needed) as BinaryName[]).filter(
    (name) => (rowOf(name).isNeeded?.() ?? true) && findBinary(name) === null,
  );
}

/** How to get these by hand. */
export function advice(names: readonly BinaryName[]): string {
  const debian = unique(names.map((name) => rowOf(name).debian));
  const homebrew = unique(names.flatMap((name) => rowOf(name).homebrew ?? []));
  const ways = [`\`apt-get install ${debian.join(" ")}\``];
  if (homebrew.length > 0) ways.push(`\`brew install ${homebrew.join(" ")}\``);
  return `install with ${ways.join(" or ")}`;
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

function succeeds(command: readonly string[]): boolean {
  try {
    return (
      Bun.spawnSync([...command], { stdin: "ignore", stdout: "ignore", stderr: "inherit" })
        .exitCode === 0
    );
  } catch {
    return false;
  }
}
