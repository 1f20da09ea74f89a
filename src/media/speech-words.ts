/**
 * Cuts a text into spoken words and says how each is spoken: syllables, consonants, pause. Character classes are
 * fixed ranges: must never ask the engine's Unicode tables, which differ between Node versions.
 */

/** How a word's melody ends. */
export type Intonation = 'level' | 'question' | 'statement';

/** One sound of a word. */
export interface Syllable {
  /** How the syllable starts: straight with its vowel, with a hiss (s, f, z) or with a stop (p, t, k). */
  readonly onset: 'vowel' | 'hiss' | 'stop';
  /** A number that stands for the sound: pitch, length and vowel follow from it. */
  readonly hash: number;
  /** Ideographs and kana are spoken faster and with tones. */
  readonly tonal: boolean;
}

/** How one piece of text is spoken. */
export interface SpokenPlan {
  readonly syllables: readonly Syllable[];
  readonly pauseMs: number;
  readonly intonation: Intonation;
}

/** Longer words are spoken as if they ended here. */
const MAX_SYLLABLES = 12;
const PAUSE_MS = { none: 10, word: 80, symbol: 60, clause: 190, sentence: 320 } as const;

const VOWELS = new Set('aeiouyäöüåæøœáàâãéèêëíìîïóòôõúùûýаеёиоуыэюяαεηιουωάέήίόύώ');
const HISSES = new Set('sfzxcvhjʃсзшщжхфцσζφχ');
const STOPS = new Set('ptkbdgqптkбдгπτκβδγ');
const CLAUSE_ENDS = new Set(',;:、，；：—–');
const SENTENCE_ENDS = new Set('.!?。！？…\n');

type CharacterClass = 'space' | 'ideograph' | 'digit' | 'letter' | 'symbol';

/** First and last code point of each class; the first row that fits wins, anything else is a symbol. */
const CLASS_RANGES: readonly (readonly [CharacterClass, number, number])[] = [
  ['space', 0x00, 0x20],
  ['digit', 0x30, 0x39],
  ['letter', 0x41, 0x5a],
  ['letter', 0x61, 0x7a],
  ['space', 0x7f, 0xa0],
  ['symbol', 0xa1, 0xbf],
  ['symbol', 0xd7, 0xd7],
  ['symbol', 0xf7, 0xf7],
  ['letter', 0xc0, 0x1fff],
  ['space', 0x2000, 0x200b],
  ['space', 0x2028, 0x2029],
  ['space', 0x202f, 0x202f],
  ['space', 0x205f, 0x205f],
  ['letter', 0x2c00, 0x2dff],
  ['space', 0x3000, 0x3000],
  ['symbol', 0x30fb, 0x30fc],
  ['ideograph', 0x3041, 0x30ff],
  ['ideograph', 0x3400, 0x4dbf],
  ['ideograph', 0x4e00, 0x9fff],
  ['letter', 0xa000, 0xabff],
  ['ideograph', 0xac00, 0xd7a3],
  ['ideograph', 0xf900, 0xfaff],
  ['letter', 0xfb00, 0xfdff],
  ['letter', 0xfe70, 0xfefc],
  ['space', 0xfeff, 0xfeff],
  ['digit', 0xff10, 0xff19],
  ['letter', 0xff21, 0xff3a],
  ['letter', 0xff41, 0xff5a],
  ['letter', 0x10000, 0x1efff],
  ['ideograph', 0x20000, 0x3ffff],
];

/**
 * Cuts a text into the pieces that are spoken one by one: a word with the punctuation and space after it, or a
 * single ideograph. The pieces joined are exactly the text.
 */
export function splitSpokenWords(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let offset = 0;
  let spoken: CharacterClass | undefined;
  let spaced = false;
  for (const character of text) {
    const kind = classify(character);
    if (spoken !== undefined && startsPiece(kind, spoken, spaced)) {
      pieces.push(text.slice(start, offset));
      start = offset;
      spoken = undefined;
      spaced = false;
    }
    if (kind === 'space') spaced = spoken !== undefined;
    else if (kind !== 'symbol' || spoken === undefined) spoken = kind;
    offset += character.length;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

function startsPiece(kind: CharacterClass, spoken: CharacterClass, spaced: boolean): boolean {
  if (kind === 'space') return false;
  if (spaced) return true;
  if (kind === 'symbol') return false;
  return kind === 'ideograph' ? spoken !== 'symbol' : spoken === 'ideograph';
}

/** How a piece is spoken. A piece without letters, digits or ideographs is a short silence. */
export function planSpokenWord(piece: string): SpokenPlan {
  const syllables = syllablesOf(piece);
  const ending = endingOf(piece);
  const intonation = /[?？]/.test(ending) ? 'question' : /[.。!！]/.test(ending) ? 'statement' : 'level';
  return { syllables, intonation, pauseMs: pauseMsOf(ending, syllables) };
}

/** What follows the last spoken character: the dot of 3.5 makes no pause. */
function endingOf(piece: string): string {
  const characters = [...piece];
  const last = characters.findLastIndex((character) => !['space', 'symbol'].includes(classify(character)));
  return characters.slice(last + 1).join('');
}

function pauseMsOf(ending: string, syllables: readonly Syllable[]): number {
  const characters = [...ending];
  if (characters.some((character) => SENTENCE_ENDS.has(character))) return PAUSE_MS.sentence;
  if (characters.some((character) => CLAUSE_ENDS.has(character))) return PAUSE_MS.clause;
  if (syllables.length === 0) return PAUSE_MS.symbol;
  return syllables.some(({ tonal }) => tonal) ? PAUSE_MS.none : PAUSE_MS.word;
}

function syllablesOf(piece: string): Syllable[] {
  const syllables: Syllable[] = [];
  let consonants = '';
  let inVowel = false;
  let letterCount = 0;
  const seed = hashText(piece.trim());
  const add = (sound: string, tonal: boolean): void => {
    if (syllables.length >= MAX_SYLLABLES) return;
    const hash = mixHash(seed, hashText(sound) + syllables.length);
    syllables.push({ onset: onsetOf(consonants), hash, tonal });
    consonants = '';
  };
  for (const character of piece.toLowerCase()) {
    const kind = classify(character);
    const isVowel = kind === 'letter' && VOWELS.has(character);
    if (kind === 'ideograph') add(character, true);
    else if (kind === 'digit' || (isVowel && !inVowel)) add(character, false);
    else if (kind === 'letter' && !isVowel) consonants += character;
    if (kind === 'letter') letterCount += 1;
    inVowel = isVowel;
  }
  if (syllables.length > 1 && letterCount > 2 && /[^aeiouy\s]e[^a-z]*$/.test(piece)) syllables.pop();
  for (let rest = syllables.length === 0 ? letterCount : 0; rest > 0; rest -= 3) add('', false);
  return syllables;
}

function onsetOf(consonants: string): Syllable['onset'] {
  const first = consonants.charAt(0);
  if (HISSES.has(first)) return 'hiss';
  return STOPS.has(first) ? 'stop' : 'vowel';
}

function classify(character: string): CharacterClass {
  const codePoint = character.codePointAt(0) ?? 0;
  for (const [kind, first, last] of CLASS_RANGES) {
    if (codePoint >= first && codePoint <= last) return kind;
  }
  return 'symbol';
}

/** FNV-1a over UTF-16 code units: a 32-bit integer, equal on every engine. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mixHash(hash, 0);
}

function mixHash(first: number, second: number): number {
  let hash = Math.imul(first ^ Math.imul(second, 0x9e3779b1), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
