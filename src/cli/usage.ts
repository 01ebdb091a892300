/** What `creditd --help` prints. */
export const USAGE = `creditd: a background billing worker for products that sell credits

  creditd dev [--fresh]        the whole system on this machine with stand-ins and demo traffic (npm start)
  creditd worker               takes usage, charges, mails, renews
  creditd api                  the HTTP API, the queue dashboard, the activity view, health and metrics
  creditd migrate              brings the database's schema up to date
  creditd setup                Stripe's webhook endpoint, the catalog's prices, the first API key (creditd setup --help)
  creditd account create ID    opens an account               (creditd account create --help)
  creditd account import FILE  opens many, with what they have left  (creditd account import --help)
  creditd account show ID      one account on one screen
  creditd trace ID             from an invoice, a payment, a receipt or a key to its entries  (creditd trace --help)
  creditd grant|adjust|void|reverse …   moves credits by hand, with a reason  (creditd grant --help)
  creditd pause|resume top-offs ID      one account's automatic top-off
  creditd key …                keys of products' backends     (creditd key --help)
  creditd replay               sends refused usage or parked steps again   (creditd replay --help)
  creditd export ID            an account's whole history as JSON Lines
  creditd erase member ID MEMBER  erases a person, and keeps the ledger whole  (creditd erase --help)
  creditd endpoint …           where products' events are sent  (creditd endpoint --help)
  creditd events replay        sends events again             (creditd events --help)
  creditd audit                asks whether the ledger's sums hold  (creditd audit --help)
  creditd reconcile            compares Stripe's payments with our charges  (creditd reconcile --help)
  creditd charging [on|stop|dry-run]  the switch for all charging   (creditd charging --help)
  creditd simulate FILE        plays a scenario without a database  (creditd simulate --help)
  creditd init --template KEY  writes a commented catalog to begin with
  creditd catalog …            checks and shows catalogs      (creditd catalog --help)
  creditd periods …            prints a cycle's boundaries    (creditd periods --help)

Settings come from the environment: DATABASE_URL, REDIS_URL, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE,
SMTP_URL, MAIL_FROM, CATALOG, PUBLIC_URL, OPERATOR_PASSWORD, SESSION_SECRET, BILLING_ORIGINS, HOST, PORT, LOG_LEVEL,
RETENTION_DAYS, OTEL_EXPORTER_OTLP_ENDPOINT, CREDITD_ALLOW_UNSAFE_REDIS, CREDITD_ALLOW_PRIVATE_ENDPOINTS. The README
says what each is.`;

export const DEV_USAGE = `Usage: creditd dev [--fresh]

The whole system on this machine, with stand-ins for Postgres, Stripe and mail, and demo traffic. Each of DATABASE_URL,
REDIS_URL, STRIPE_SECRET_KEY and SMTP_URL replaces its stand-in. The banner names where its data lies.
--fresh begins with an empty database. Ctrl-C stops it.`;

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

export const REPLAY_USAGE = `Usage: creditd replay [--account ID] [--reason REASON] [--parked [TOPIC]] [--dry-run] [--yes] [--json]

Sends refused usage events again that had happened: the work of a refused if_covered event never ran, so it is not sent.
Events that cannot be read, or whose key stands for other content, are not sent either unless --reason names them.
--parked sends parked outbox rows again instead. Says how many and asks first, unless --yes.`;

export const RECONCILE_USAGE = `Usage: creditd reconcile [--since DATE] [--yes] [--json]

Compares Stripe's payments since DATE (such as 2026-11-01; default: seven days back) with the charges here, both ways.
What was paid and not credited is settled, once; a paid charge that this database has lost is brought back; credits
without money are only reported. Payments that carry no charge of this deployment are counted and left alone.
It asks first, unless --yes: what it settles gives or takes credits.
Exits with 1 when somebody has to look at what was found.`;
