/**
 * Who may do what: the one table that the API, the billing page and its published form share. People act in a role on their
 * own account; a product's backend acts by a key with scopes on all accounts of its catalogs.
 */
export const ROLES = ['owner', 'admin', 'editor', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = ['usage', 'read', 'accounts', 'owner', 'sessions', 'grants', 'events'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Permission {
  /** For the published table, in an owner's words. */
  readonly label: string;
  /** Roles whose session may; none: no person, only a product's key. */
  readonly roles: readonly Role[];
  /** What a product's key must be allowed. */
  readonly scope: Scope;
}

const EVERYBODY = ROLES;
const OWNER: readonly Role[] = ['owner'];
const NOBODY: readonly Role[] = [];

const may = (label: string, roles: readonly Role[], scope: Scope): Permission => ({ label, roles, scope });

export const PERMISSIONS = {
  read_billing: may('See balance, plan, usage, limits and spend status', EVERYBODY, 'read'),
  read_activity: may('See the ledger and usage', EVERYBODY, 'read'),
  read_charges: may('See payments, receipts and payment methods', EVERYBODY, 'read'),
  read_members: may('See members and their addresses', ['owner', 'admin'], 'read'),
  check: may('Ask whether an action may run, and what it costs', EVERYBODY, 'read'),
  dismiss_incident: may('Dismiss a banner for oneself', EVERYBODY, 'owner'),
  change_plan: may('Choose, change, cancel or reactivate a plan, and start a trial', OWNER, 'owner'),
  buy: may('Buy credits', OWNER, 'owner'),
  set_top_off: may('Set automatic purchases and their spending caps', OWNER, 'owner'),
  set_overage: may('Turn pay-as-you-go on or off and set its cap', OWNER, 'owner'),
  manage_cards: may('Add, order, choose and remove payment methods; open the billing portal', OWNER, 'owner'),
  retry_charge: may('Retry or confirm a payment that failed', OWNER, 'owner'),
  resume: may('Resume automatic purchases after unusual usage', OWNER, 'owner'),
  set_pools: may('Earmark credits for members and set members’ budgets', OWNER, 'owner'),
  record_usage: may('Record usage, hold, capture, release and reverse', NOBODY, 'usage'),
  manage_accounts: may('Open, change and close accounts; members and levels', NOBODY, 'accounts'),
  grant: may('Grant, adjust and void credits', NOBODY, 'grants'),
  open_session: may('Open a session for a person', NOBODY, 'sessions'),
  manage_endpoints: may('Set where events are sent', NOBODY, 'events'),
} as const satisfies Readonly<Record<string, Permission>>;

export type Action = keyof typeof PERMISSIONS;

export const mayRole = (role: Role, action: Action): boolean =>
  (PERMISSIONS[action].roles as readonly Role[]).includes(role);

export const mayScope = (scopes: readonly Scope[], action: Action): boolean =>
  scopes.includes(PERMISSIONS[action].scope);
