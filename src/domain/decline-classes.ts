/**
 * What a refusal means for the card, as data. The class of a code is this system's policy; the codes are Stripe's, which adds
 * new ones without a new version of its API: one that is not named here is "unknown", never an error.
 */
import type { Decline } from './payment.js';

/**
 * - `hard`: never again with this card until its owner changes it.
 * - `soft`: later, by the ladder.
 * - `authentication`: the owner must be there; asking again without the owner is useless.
 * - `unknown`: said by no table, or hinting that it may have happened before: looked at first, then tried once more at most.
 * - `infrastructure`: the processor had no room. Not an attempt at the card.
 * - `integration`: our request or our account. A person looks; the card is innocent.
 */
export type DeclineClass = 'hard' | 'soft' | 'authentication' | 'unknown' | 'infrastructure' | 'integration';

/** Issuers' decline codes. */
const DECLINE_CODES: Readonly<Record<DeclineClass, string>> = {
  hard: `
    card_not_supported currency_not_supported do_not_try_again expired_card fraudulent incorrect_address
    incorrect_cvc incorrect_number incorrect_pin incorrect_zip invalid_account invalid_amount invalid_cvc
    invalid_expiry_month invalid_expiry_year invalid_number invalid_pin lost_card merchant_blacklist
    new_account_information_available not_permitted offline_pin_required online_or_offline_pin_required pickup_card
    pin_try_exceeded restricted_card revocation_of_all_authorizations revocation_of_authorization security_violation
    service_not_allowed stolen_card stop_payment_order testmode_decline transaction_not_allowed`,
  soft: `
    approve_with_id call_issuer card_velocity_exceeded do_not_honor generic_decline insufficient_funds
    issuer_not_available no_action_taken processing_error reenter_transaction try_again_later
    withdrawal_count_limit_exceeded`,
  authentication: `
    authentication_not_handled authentication_required mobile_device_authentication_required`,
  unknown: `
    duplicate_transaction`,
  infrastructure: '',
  integration: '',
};

/** Stripe's own error codes, where they are not the issuers' as well. "card_declined" says nothing: the issuer's code does. */
const ERROR_CODES: Readonly<Record<DeclineClass, string>> = {
  hard: `
    account_closed action_blocked bank_account_declined bank_account_restricted bank_account_unusable
    billing_invalid_mandate debit_not_authorized expired_payment_method incorrect_postal_code
    india_recurring_payment_mandate_canceled invalid_card_type payment_intent_incompatible_payment_method
    payment_intent_mandate_invalid payment_method_bank_account_blocked
    payment_method_billing_details_address_missing payment_method_currency_mismatch payment_method_customer_decline
    payment_method_provider_decline payment_method_restricted payment_method_unactivated
    payment_method_unsupported_type postal_code_invalid refer_to_customer request_blocked setup_attempt_failed
    setup_intent_mandate_invalid three_d_secure_authentication_not_supported token_already_used
    token_card_network_invalid`,
  soft: `
    card_decline_rate_limit_exceeded payment_intent_payment_attempt_expired payment_method_not_available
    payment_method_provider_timeout setup_intent_setup_attempt_expired three_d_secure_authentication_upstream_error`,
  authentication: `
    approval_required authentication_failure invoice_payment_intent_requires_action payment_intent_action_required
    payment_intent_authentication_failure setup_intent_authentication_failure`,
  unknown: `
    charge_already_captured charge_already_refunded charge_disputed idempotency_key_in_use intent_invalid_state
    payment_intent_payment_attempt_failed payment_intent_unexpected_state payment_method_unexpected_state
    resource_already_exists setup_intent_unexpected_state status_transition_invalid token_in_use`,
  infrastructure: `
    lock_timeout payment_intent_rate_limit_exceeded rate_limit`,
  integration: `
    account_country_invalid_address account_error_country_change_requires_additional_steps
    account_information_mismatch account_invalid account_number_invalid account_token_required_for_v2_account
    acss_debit_session_incomplete alipay_upgrade_required amount_too_large amount_too_small
    anomalous_money_movement_request api_key_expired application_fees_not_allowed balance_insufficient
    balance_invalid_parameter bank_account_bad_routing_numbers bank_account_exists bank_account_unverified
    bank_account_verification_failed bitcoin_upgrade_required capability_not_active
    capture_charge_authorization_expired capture_unauthorized_payment cardholder_phone_number_required
    charge_exceeds_source_limit charge_exceeds_transaction_limit charge_expired_for_capture charge_invalid_parameter
    charge_not_refundable clearing_code_unsupported country_code_invalid country_unsupported coupon_expired
    customer_max_payment_methods customer_max_subscriptions customer_session_expired customer_tax_location_invalid
    dispute_evidence_page_limit_exceeded email_invalid failed_tax_calculation
    financial_account_balance_does_not_support_currency financial_account_capability_not_enabled
    financial_account_capability_restricted financial_connections_account_inactive
    financial_connections_account_pending_account_numbers financial_connections_account_unavailable_account_numbers
    financial_connections_consent_locale_invalid financial_connections_consent_locale_unsupported
    financial_connections_no_successful_transaction_refresh forwarding_api_inactive forwarding_api_invalid_parameter
    forwarding_api_retryable_upstream_error forwarding_api_upstream_connection_error
    forwarding_api_upstream_connection_timeout forwarding_api_upstream_error instant_payouts_config_disabled
    instant_payouts_currency_disabled instant_payouts_limit_exceeded instant_payouts_unsupported
    intent_verification_method_missing invalid_canceled_subscription_fields invalid_characters invalid_charge_amount
    invalid_mandate_reference_prefix_format invalid_source_usage invalid_tax_location invoice_no_customer_line_items
    invoice_no_payment_method_types invoice_no_subscription_line_items invoice_not_editable
    invoice_on_behalf_of_not_editable invoice_upcoming_none livemode_mismatch missing no_account
    not_allowed_on_standard_account out_of_inventory ownership_declaration_not_allowed parameter_invalid_empty
    parameter_invalid_integer parameter_invalid_string_blank parameter_invalid_string_empty parameter_missing
    parameter_unknown parameters_exclusive payment_evaluation_on_api_version_not_supported
    payment_intent_invalid_parameter payment_intent_konbini_rejected_confirmation_number
    payment_method_bank_account_already_verified payment_method_configuration_failures
    payment_method_invalid_parameter payment_method_invalid_parameter_testmode payment_method_microdeposit_failed
    payment_method_microdeposit_processing_error payment_method_microdeposit_verification_amounts_invalid
    payment_method_microdeposit_verification_amounts_mismatch
    payment_method_microdeposit_verification_attempts_exceeded
    payment_method_microdeposit_verification_descriptor_code_mismatch
    payment_method_microdeposit_verification_timeout payout_reconciliation_not_ready payouts_limit_exceeded
    payouts_not_allowed platform_account_required platform_api_key_expired product_inactive
    progressive_onboarding_limit_exceeded refund_disputed_payment resource_missing return_intent_already_processed
    routing_number_invalid secret_key_required sepa_unsupported_account
    service_period_coupon_with_metered_tiered_item_unsupported setup_intent_invalid_parameter
    setup_intent_mobile_wallet_unsupported shipping_address_invalid shipping_calculation_failed siret_invalid
    sku_inactive smart_disputes_not_available state_unsupported storer_capability_missing
    storer_capability_not_active stripe_tax_inactive subscription_update_trial_after_billing_cycle_anchor
    tax_id_invalid tax_id_prohibited taxes_calculation_failed terminal_location_country_unsupported
    terminal_reader_busy terminal_reader_hardware_fault terminal_reader_invalid_location_for_activation
    terminal_reader_invalid_location_for_payment terminal_reader_offline terminal_reader_timeout
    testmode_charges_only tls_version_unsupported transfer_source_balance_parameters_mismatch transfers_not_allowed
    url_invalid payment_method_types_no_longer_supported`,
};

/** Stripe itself never tries again after these, whatever the issuer advises. Source: Stripe, Smart Retries. */
const NEVER_LATER = new Set(
  'highest_risk_level authentication_required incorrect_number lost_card pickup_card revocation_of_all_authorizations revocation_of_authorization stolen_card transaction_not_allowed'.split(
    ' ',
  ),
);

const CLASSES: ReadonlyMap<string, DeclineClass> = new Map(
  [ERROR_CODES, DECLINE_CODES].flatMap((table) =>
    (Object.entries(table) as [DeclineClass, string][]).flatMap(([name, codes]) =>
      codes
        .split(/\s+/)
        .filter((code) => code !== '')
        .map((code) => [code, name] as const),
    ),
  ),
);

export type Refusal = Pick<Decline, 'code' | 'declineCode' | 'adviceCode'> & { readonly blocked?: boolean };

/**
 * First what the processor's own rules blocked, then the issuer's advice, then the issuer's code, then Stripe's. Card data
 * that has to be confirmed is hard: nobody is there to confirm it.
 */
export function declineClass({ code, declineCode, adviceCode, blocked }: Refusal): DeclineClass {
  if (blocked === true || declineCode === 'highest_risk_level') return 'hard';
  if (adviceCode === 'do_not_try_again' || adviceCode === 'confirm_card_data') return 'hard';
  const named = (declineCode === null ? undefined : CLASSES.get(declineCode)) ?? CLASSES.get(code);
  const isNever = NEVER_LATER.has(declineCode ?? '') || NEVER_LATER.has(code);
  if (adviceCode === 'try_again_later' && !isNever && named !== 'integration' && named !== 'infrastructure')
    return 'soft';
  return named ?? 'unknown';
}

/** Whether a code of the refusal stands in the table; one that does not should be looked at by a person. */
export const isKnownDecline = ({ code, declineCode }: Refusal): boolean =>
  declineCode === null ? CLASSES.has(code) : CLASSES.has(declineCode);
