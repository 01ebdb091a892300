/**
 * For Prisma's own command line, which only ever generates the client here: it needs no database to do that, so no URL is
 * given. Migrations go through `creditd migrate`.
 */
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
});
