/** Members by what they are known as: whoever looks is "you", others by their address where whoever looks may see it. */
import { memberWords, STRINGS } from '../strings.js';
import { useAsk, usePage } from './data.js';

const FRESH_MS = 300_000;

export function usePeople(): (member: string) => string {
  const { viewer } = usePage().overview;
  const may = viewer.may.read_members === true && !viewer.confined;
  const found = useAsk('listMembers', {}, { enabled: may, staleMs: FRESH_MS });
  const addresses = new Map(found.data?.members.map((one) => [one.id, one.email]));
  return (member) => (member === viewer.member ? STRINGS.pools.you : (addresses.get(member) ?? memberWords(member)));
}
