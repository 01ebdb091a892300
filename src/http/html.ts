/** HTML as a tagged template that escapes every piece: a page cannot forget it, because nothing else makes `Html`. */
import { escapeHtml } from '../domain/notice-format.js';

const made: unique symbol = Symbol('html');

export interface Html {
  readonly [made]: string;
}

/** Text and numbers are escaped; null and false are nothing; lists are put one after the other. */
export type Piece = Html | string | number | bigint | null | false | readonly Piece[];

export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let text = parts[0] ?? '';
  pieces.forEach((piece, place) => {
    text += written(piece) + (parts[place + 1] ?? '');
  });
  return { [made]: text };
}

export const textOf = (page: Html): string => page[made];

function written(piece: Piece): string {
  if (piece === null || piece === false) return '';
  if (typeof piece === 'string') return escapeHtml(piece);
  if (typeof piece === 'number' || typeof piece === 'bigint') return String(piece);
  if (isList(piece)) return piece.map(written).join('');
  return piece[made];
}

const isList = (piece: Piece): piece is readonly Piece[] => Array.isArray(piece);
