/** Words with slots, filled. Which slots a sentence has is read from its type: one left empty does not compile. */

/** Filled in every mail alike. */
export interface CommonSlots {
  readonly account: string;
  readonly product: string;
  readonly topOff: string;
  readonly payAsYouGo: string;
  /** "credits", and "Credits" where a line begins with it. */
  readonly units: string;
  readonly Units: string;
}

type SlotsOf<Template extends string> = Template extends `${string}{${infer Slot}}${infer Rest}`
  ? Slot | SlotsOf<Rest>
  : never;
/** What a sentence still needs besides the common slots. */
export type Slots<Template extends string> = {
  readonly [Slot in Exclude<SlotsOf<Template>, keyof CommonSlots>]: string;
};

/**
 * Puts every slot's text in its place, once: a name that itself looks like a slot stays what it is. Throws for a slot that
 * nothing fills, which a translation could bring in past the types.
 */
export function fill(template: string, slots: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const text = Object.hasOwn(slots, slot) ? slots[slot] : undefined;
    if (text === undefined) throw new Error(`A mail's words have the slot "{${slot}}", which nothing fills.`);
    return text;
  });
}

export type Say = <Template extends string>(
  template: Template,
  ...slots: Record<never, never> extends Slots<Template> ? [slots?: Slots<Template>] : [slots: Slots<Template>]
) => string;

export const makeSay =
  (common: CommonSlots): Say =>
  (template, ...[slots]) =>
    fill(template, { ...common, ...slots });
