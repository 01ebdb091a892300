/** Toolbench: credits set aside for teams, and a member who has nothing but what was set aside. */
import { credits } from '../../domain/credits.js';
import { memberId } from '../../domain/ids.js';
import { type Scene, use } from './scene.js';

const STUDIO = { meter: 'image_generation', properties: { model: 'studio' } };

export const TOOLBENCH_SCENES: readonly Scene[] = [
  {
    ...{ catalog: 'toolbench', state: 'pools', label: 'Pools and budgets', name: 'Ateliers Réunis', plan: 'team' },
    people: [
      { id: 'mia', role: 'editor', label: 'Member confined to a pool' },
      { id: 'kai', role: 'editor', label: 'Member with a pool and the rest' },
    ],
    async play({ post }) {
      await post(
        {
          ...{ kind: 'configure_pool', pool: 'design', label: 'Design team', credits: credits(120), whenUsed: 'stop' },
          members: [memberId('mia'), memberId('noor')],
        },
        {
          ...{
            kind: 'configure_pool',
            pool: 'research',
            label: 'Research',
            credits: credits(80),
            whenUsed: 'use_rest',
          },
          ...{ members: [], unconfined: [memberId('kai')] },
        },
        { kind: 'set_budget', member: memberId('mia'), credits: credits(60) },
        { kind: 'set_level', limit: 'seats', value: 9 },
        { kind: 'set_level', limit: 'projects', value: 10 },
        ...[1, 2, 3].map((at) =>
          use(`design-${at}`, STUDIO, { quantity: 3, member: memberId('mia'), pool: 'design', mode: 'if_covered' }),
        ),
        use(
          'text-1',
          { meter: 'text_generation', properties: { model: 'deep', input_tokens: 12_000, output_tokens: 4_000 } },
          { member: memberId('member-2') },
        ),
        use('report-1', { meter: 'keyword_report' }, { member: memberId('kai') }),
      );
    },
  },
];
