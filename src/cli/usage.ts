/** What `creditd --help` prints. */
export const USAGE = `creditd: a background billing worker for products that sell credits

  creditd dev [--fresh]        the whole system on this machine with stand-ins and demo traffic (npm start)
  creditd worker               takes usage, charges, mails, renews
  creditd api                  the queue dashboard, the activity view, health and metrics
  creditd migrate              brings the database's schema up to date
  creditd account create ID    opens an account               (creditd account create --help)
  creditd replay               sends refused usage or parked steps again   (creditd replay --help)
  creditd simulate FILE        plays a scenario without a database  (creditd simulate --help)
  creditd init --template KEY  writes a commented catalog to begin with
  creditd catalog …            checks and shows catalogs      (creditd catalog --help)
  creditd periods …            prints a cycle's boundaries    (creditd periods --help)

Settings come from the environment: DATABASE_URL, REDIS_URL, STRIPE_SECRET_KEY, STRIPE_API_BASE, SMTP_URL, MAIL_FROM,
CATALOG, PUBLIC_URL, OPERATOR_PASSWORD, HOST, PORT, LOG_LEVEL, CREDITD_ALLOW_UNSAFE_REDIS. The README says what each is.`;

export const ACCOUNT_USAGE = `Usage: creditd account create ID [options]

  --name TEXT          how mails call it (default: the id)
  --catalog KEY        which of the loaded catalogs (default: the first)
  --plan KEY           default: the catalog's lowest plan
  --zone ZONE          IANA name, such as Europe/Berlin (default: UTC)
  --anchor INSTANT     where its periods are counted from, such as 2026-11-01T00:00:00Z (default: now)
  --email ADDRESS      the billing address; owners' addresses get money mails too
  --owner ID=ADDRESS   an owner, may be said several times
  --card PM            a payment method of the processor (pm_…) to attach
  --top-off A:B        auto top-off: below A credits, add B
Saying it again changes nothing that stands, and does what is missing.`;

export const REPLAY_USAGE = `Usage: creditd replay [--account ID] [--reason REASON] [--parked [charge|notice]] [--dry-run]

Sends refused usage events again that had happened: the work of a refused if_covered event never ran, so it is not sent.
Events that cannot be read, or whose key stands for other content, are not sent either unless --reason names them.
--parked sends parked outbox rows again instead.`;
