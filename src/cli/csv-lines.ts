/** Comma-separated values with quotes, as spreadsheets write them, read into rows of named cells. */

/** Rows with the number of the line each began on. Throws a sentence where quotes do not close or a row is too long. */
export function readCsv(text: string): readonly { readonly line: number; readonly cells: Record<string, string> }[] {
  const [head, ...rows] = records(text.replace(/^\uFEFF/, ''));
  const names = (head?.cells ?? []).map((name) => name.trim());
  return rows.map(({ line, cells }) => {
    if (cells.length > names.length)
      throw new Error(`Line ${line} has ${cells.length} cells, and the head ${names.length}.`);
    const filled = names.flatMap((name, place) => {
      const cell = cells[place]?.trim() ?? '';
      return cell === '' ? [] : [[name, cell] as const];
    });
    return { line, cells: Object.fromEntries(filled) };
  });
}

function records(text: string): { line: number; cells: string[] }[] {
  const found: { line: number; cells: string[] }[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const began = line;
    const cells: string[] = [];
    let end = '';
    do {
      const cell = readCell(text, at, began);
      cells.push(cell.value);
      line += cell.value.split('\n').length - 1;
      end = text[cell.next] ?? '';
      at = cell.next + 1;
    } while (end === ',');
    if (end === '\r' && text[at] === '\n') at += 1;
    line += 1;
    if (cells.some((cell) => cell.trim() !== '')) found.push({ line: began, cells });
  }
  return found;
}

function readCell(text: string, from: number, line: number): { readonly value: string; readonly next: number } {
  if (text[from] !== '"') {
    const rest = text.slice(from).search(/[,\r\n]/);
    const next = rest < 0 ? text.length : from + rest;
    return { value: text.slice(from, next), next };
  }
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] === '"') {
      value += '"';
      at += 1;
    } else return { value, next: at + 1 };
  }
  throw new Error(`A quote that begins on line ${line} is not closed.`);
}
