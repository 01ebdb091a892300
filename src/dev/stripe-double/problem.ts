/** Everything the double refuses, in Stripe's own error shape. Thrown by the operations, turned into an answer by the API. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface ProblemFields {
  readonly type: 'card_error' | 'invalid_request_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly advice_code?: string;
  readonly network_decline_code?: string;
  readonly network_advice_code?: string;
  readonly charge?: string;
  readonly payment_intent?: JsonObject;
  readonly payment_method?: JsonObject;
  readonly setup_intent?: JsonObject;
}

/**
 * `saved` says whether the answer belongs to the idempotency key: what execution refused does, what was refused before
 * execution began (parameters, keys, limits, concurrent use) does not and may be sent again.
 */
export class Problem extends Error {
  readonly status: number;
  readonly fields: ProblemFields;
  readonly saved: boolean;

  constructor(status: number, fields: ProblemFields, saved: boolean) {
    super(fields.message);
    this.status = status;
    this.fields = fields;
    this.saved = saved;
  }
}

/** A parameter that Stripe would not take: nothing ran, so nothing is saved under the key. */
export const badParameter = (param: string, code: string, message: string): Problem =>
  new Problem(400, { type: 'invalid_request_error', code, param, message }, false);

export const missing = (what: string, id: string, param: string, status = 404): Problem =>
  new Problem(
    status,
    { type: 'invalid_request_error', code: 'resource_missing', param, message: `No such ${what}: '${id}'` },
    true,
  );

export const notPartOfTheDouble = (what: string): Problem =>
  new Problem(
    404,
    {
      type: 'invalid_request_error',
      message: `${what} is not part of the double, which answers only what creditd asks of Stripe.`,
    },
    false,
  );
