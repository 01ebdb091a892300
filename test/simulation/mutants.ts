/** The promises that can be broken one at a time. */
export const MUTANTS = [
  'confirm_in_create',
  'job_id_with_a_counter',
  'no_held_until',
  'view_without_version',
  'failure_webhook_closes_attempt',
  'obligations_per_command',
  'clock_behind',
  'refusal_claims_its_key',
  'headroom_counted_as_available',
  'grace_without_the_function',
  'no_unique_index_on_open_top_off',
  'need_not_decided_again',
  'checkout_attempted_by_us',
  'expired_link_left_payable',
] as const;
export type Mutant = (typeof MUTANTS)[number];
