/** Which addresses may be handed to a mail server at all. */

/** RFC 5321's limits: 64 octets before the @, 254 for the whole address. */
const LARGEST_LOCAL = 64;
const LARGEST_ADDRESS = 254;

/**
 * One plain address, with nothing that could end the header or the SMTP command it is written into (CR, LF, other
 * control characters, angle brackets) or make two recipients of one (comma, semicolon). Quoted local parts with spaces
 * are refused: nobody has one, and every mail server reads them differently.
 */
export function isUsableAddress(address: string): boolean {
  if (Buffer.byteLength(address) > LARGEST_ADDRESS) return false;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (at < 1 || Buffer.byteLength(local) > LARGEST_LOCAL) return false;
  if (/[\p{C}\p{Z}()<>[\]:;,"\\@]/u.test(local) || /^\.|\.\.|\.$/.test(local)) return false;
  return /^(?!-)[\p{L}\p{N}-]+(?<!-)(\.(?!-)[\p{L}\p{N}-]+(?<!-))*$/u.test(domain);
}

export interface SortedRecipients {
  readonly usable: readonly string[];
  /** Never shown to a mail server, and named as refused. */
  readonly unusable: readonly string[];
}

/** Each address once. */
export function sortRecipients(addresses: readonly string[]): SortedRecipients {
  const each = [...new Set(addresses)];
  return {
    usable: each.filter(isUsableAddress),
    unusable: each.filter((address) => !isUsableAddress(address)),
  };
}
