/** What one kind of step is: how it is written, when it runs among others of its instant, and what it asks the account. */
import { z } from 'zod';
import type { Catalog } from '../domain/catalog.js';
import type { Command } from '../domain/commands.js';
import type { Credits } from '../domain/credits.js';
import type { GateAnswer } from '../domain/gate.js';
import type { ChargeId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { Outcome } from '../domain/outcomes.js';
import type { SimulatedAccount } from './account.js';
import type { Answer } from './processor.js';
import { cadence, label, type Moment, moment, strict, wholeNumber } from './scalars.js';

/** What a step may come to beside what a command comes to. */
export type StepOutcome =
  | Exclude<Outcome, { kind: 'charge_task' }>
  | { readonly kind: 'quoted'; readonly credits: Credits; readonly version: string; readonly until: Instant }
  | (Omit<GateAnswer, 'kind'> & { readonly kind: 'checked' })
  | {
      readonly kind: 'charge_answered';
      readonly charge: ChargeId;
      readonly answer: Answer;
      readonly state: string;
      /** When it would be tried again of its own accord. */
      readonly next: Instant | null;
    };

/** Commands as steps write them: the account is the one the step names. */
export type Asked = Command extends infer One ? (One extends Command ? Omit<One, 'account'> : never) : never;

/** Where a step runs. */
export interface Stage {
  readonly catalog: Catalog;
  readonly account: SimulatedAccount;
  readonly at: Instant;
  /** The step's key: its own, or one made from its number. */
  readonly key: string;
  /** A repeated step's names get "-1", "-2", …; any other's stay as they are. */
  named(name: string): string;
  when(moment: Moment): Instant;
}

/** What a step does: one command, or something that is more than one or none. */
export type Move =
  | { readonly kind: 'command'; readonly command: Asked }
  | { readonly kind: 'answer'; readonly outcome: StepOutcome }
  | { readonly kind: 'charge'; readonly charge: ChargeId; readonly answer: Answer };

export const command = (asked: Asked): Move => ({ kind: 'command', command: asked });
export const answer = (outcome: StepOutcome): Move => ({ kind: 'answer', outcome });

/** At one instant lapses and renewals come first, then grants, then everything else in the order it is written. */
export type Rank = 'grants' | 'use';

export interface ReadStep {
  readonly do: string;
  readonly at: Moment | undefined;
  readonly account: string | undefined;
  readonly every: z.output<typeof cadence> | undefined;
  readonly times: number | undefined;
  readonly rank: Rank;
  readonly key: string | undefined;
  /** The id it gives a lot, which no other lot of the account may have. */
  readonly lotId: string | undefined;
  readonly summary: string;
  /** The catalog that it brings into force, as it is written. */
  readonly loads: string | Readonly<Record<string, unknown>> | undefined;
  /** A sentence where the step cannot be right on this catalog whatever the state; the path is inside the step. */
  problem(catalog: Catalog): { readonly field: string; readonly message: string } | null;
  move(stage: Stage): Move;
}

const COMMON = {
  at: moment.optional().meta({
    description:
      'When: an instant with its offset, or a time from the start such as "+3d 2h". Absent: with the step before it.',
  }),
  account: label.optional().meta({ description: 'Whose account. Only where the scenario has more than one.' }),
  every: cadence.optional().meta({
    description: 'Repeats the step `times` times at this distance by the calendar, such as "day" or "3 months".',
  }),
  times: wholeNumber(1, 100_000).optional(),
};

interface StepWish<Shape extends z.ZodRawShape> {
  readonly says: string;
  readonly rank?: Rank;
  readonly fields: Shape;
  readonly problem?: (
    step: z.output<z.ZodObject<Shape>>,
    catalog: Catalog,
  ) => { readonly field: string; readonly message: string } | null;
  /** One line for the table: "30 by meter image". */
  readonly summary: (step: z.output<z.ZodObject<Shape>>) => string;
  readonly move: (step: z.output<z.ZodObject<Shape>>, stage: Stage) => Move;
}

/** One row of the table of steps. */
export function defineStep<const Name extends string, Shape extends z.ZodRawShape>(name: Name, wish: StepWish<Shape>) {
  const shape = { do: z.literal(name), ...COMMON, ...wish.fields };
  return strict(shape)
    .meta({ description: wish.says })
    .transform((written): ReadStep => {
      const common = written as z.output<z.ZodObject<typeof COMMON>>;
      const step = written as z.output<z.ZodObject<Shape>>;
      const named = written as Pick<ReadStep, 'key'> & { readonly id?: string; readonly catalog?: ReadStep['loads'] };
      return {
        do: name,
        at: common.at,
        account: common.account,
        every: common.every,
        times: common.times,
        rank: wish.rank ?? 'use',
        key: named.key,
        lotId: name === 'grant' ? named.id : undefined,
        loads: named.catalog,
        summary: wish.summary(step),
        problem: (catalog) => wish.problem?.(step, catalog) ?? null,
        move: (stage) => wish.move(step, stage),
      };
    });
}
