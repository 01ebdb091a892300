/** The only place where tests read the environment they run in. */

/** An administrator's URL of a server to test on instead of the embedded one; it must be allowed to create databases. */
export const testDatabaseUrl: string | undefined = process.env.TEST_DATABASE_URL || undefined;

/** In continuous integration nothing may be skipped: a missing program fails the run. */
export const requireAll: boolean = process.env.CREDITD_TEST_REQUIRE_ALL === '1';

export const searchPath: string = process.env.PATH ?? '';

/** For child processes: what a newcomer's shell has, none of this run's settings, and what the test adds. */
export const bareEnvironment = (added: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: searchPath,
  HOME: process.env.HOME ?? '/',
  LANG: 'C.UTF-8',
  ...added,
});

const numberOf = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));

/** Random walks: "7" or "1-50" or "3,9"; null: the few that belong to every run. */
export const walkSeeds: string | null = process.env.CREDITD_WALK_SEEDS || null;
/** Steps of each walk; null: as many as belong to every run. */
export const walkSteps: number | null = numberOf(process.env.CREDITD_WALK_STEPS);
/** Seeds of the simulation, written as those of walks are. */
export const simulationSeeds: string | null = process.env.CREDITD_SIMULATION_SEEDS || null;
/** Seeds of storms, written as those of walks are; null: the short one that belongs to every run. */
export const stormSeeds: string | null = process.env.CREDITD_STORM_SEEDS || null;
/** How long trouble is made in each storm, in minutes; null: a few seconds. */
export const stormMinutes: number | null = numberOf(process.env.CREDITD_STORM_MINUTES);
