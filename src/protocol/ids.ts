/**
 * Identifiers in the shapes of section 1.8, drawn from a seeded stream. It runs once per server event, so each
 * id costs a few draws, not one per character. It must never draw from anything but the stream it is given.
 */
import type { RandomStream } from './random-stream.js';

/** What an identifier names. */
export type IdKind = 'event' | 'session' | 'item' | 'response' | 'conversation' | 'call' | 'obfuscation';

/** The digit 0 never occurs in captured ids. */
const ID_ALPHABET = '123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const OBFUSCATION_ALPHABET = `0${ID_ALPHABET}`;

/** A draw of this many characters still fits in 30 bits: 61^5 and 62^5. */
const CHARACTERS_PER_DRAW = 5;

interface Alphabet {
  readonly characters: string;
  readonly pairs: readonly string[];
  /** Number of values of one draw: size to the power of `CHARACTERS_PER_DRAW`. */
  readonly drawBound: number;
}

function openAlphabet(characters: string): Alphabet {
  const single = [...characters];
  const pairs = single.flatMap((first) => single.map((second) => first + second));
  return { characters, pairs, drawBound: pairs.length * pairs.length * single.length };
}

const ID = openAlphabet(ID_ALPHABET);
const OBFUSCATION = openAlphabet(OBFUSCATION_ALPHABET);

const PREFIX: Readonly<Record<Exclude<IdKind, 'call' | 'obfuscation'>, string>> = {
  event: 'event_',
  session: 'sess_',
  item: 'item_',
  response: 'resp_',
  conversation: 'conv_',
};

/** What a well-formed server identifier of each kind looks like. */
export const ID_PATTERNS: Readonly<Record<IdKind, RegExp>> = {
  event: /^event_[1-9A-Za-z]{21}$/,
  session: /^sess_[1-9A-Za-z]{21}$/,
  item: /^item_[1-9A-Za-z]{21}$/,
  response: /^resp_[1-9A-Za-z]{21}$/,
  conversation: /^conv_[1-9A-Za-z]{21}$/,
  call: /^call_[0-9a-f]{24}$/,
  obfuscation: /^[0-9A-Za-z]{14}$/,
};

/** Five characters from one draw. */
function fiveCharacters(alphabet: Alphabet, random: RandomStream): string {
  const { characters, pairs, drawBound } = alphabet;
  const value = random.below(drawBound);
  const rest = Math.floor(value / characters.length);
  const high = Math.floor(rest / pairs.length);
  return `${pairs[high] ?? ''}${pairs[rest - high * pairs.length] ?? ''}${characters[value % characters.length] ?? ''}`;
}

function sixHexDigits(random: RandomStream): string {
  return random.below(0x1000000).toString(16).padStart(6, '0');
}

/**
 * Makes the next identifier of a kind.
 *
 * @param random the connection's `ids` stream; the same stream gives the same ids
 */
export function makeId(kind: IdKind, random: RandomStream): string {
  if (kind === 'call') {
    return `call_${sixHexDigits(random)}${sixHexDigits(random)}${sixHexDigits(random)}${sixHexDigits(random)}`;
  }
  if (kind === 'obfuscation') {
    const tenCharacters = fiveCharacters(OBFUSCATION, random) + fiveCharacters(OBFUSCATION, random);
    return tenCharacters + fiveCharacters(OBFUSCATION, random).slice(0, 14 - 2 * CHARACTERS_PER_DRAW);
  }
  let id = PREFIX[kind];
  for (let draw = 0; draw < 4; draw += 1) id += fiveCharacters(ID, random);
  return id + (ID.characters[random.below(ID.characters.length)] ?? '');
}
