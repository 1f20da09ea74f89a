/**
 * What one redaction looks for: the credentials of its connection, the named patterns, the rules of the user. Must give
 * credentials before all else, so that they name the placeholder.
 */
import { type Credential, MIN_SEARCHED_CHARS } from './credentials.js';
import type { PathRule } from './path-rules.js';
import { SECRET_PATTERNS, type SecretPattern } from './pattern-table.js';
import { DEFAULT_MATCH_CHARS, type RedactionRules } from './rules.js';
import { type SecretLiteral, SecretSearch } from './secret-search.js';

/** A search for credentials, the named patterns and the rules of a user. */
export function searchFor(
  credentials: readonly Credential[],
  rules: RedactionRules | undefined,
): SecretSearch {
  const searched = credentials.filter(({ value }) => value.length >= MIN_SEARCHED_CHARS);
  const literals: SecretLiteral[] = [
    // Of two that lie in each other the longer one is what was meant.
    ...searched
      .map(({ value }) => ({ rule: 'credential', value }))
      .sort((one, other) => other.value.length - one.value.length),
    ...(rules?.rules ?? []).flatMap((rule) =>
      'text' in rule ? [{ rule: rule.name, value: rule.text }] : [],
    ),
  ];
  return new SecretSearch({ literals, patterns: patternsOf(rules) });
}

function patternsOf(rules: RedactionRules | undefined): readonly SecretPattern[] {
  const switches: Readonly<Record<string, boolean | undefined>> = rules?.patterns ?? {};
  const named = SECRET_PATTERNS.filter(({ name, isOptIn }) => switches[name] ?? isOptIn !== true);
  const own = (rules?.rules ?? []).flatMap((rule): SecretPattern[] => {
    if (!('regexp' in rule)) return [];
    const { name, regexp, flags = '', maxChars = DEFAULT_MATCH_CHARS } = rule;
    return [
      {
        name,
        finds: regexp,
        hints: [''],
        pattern: new RegExp(`(${regexp})`, `dg${flags}`),
        beginning: /(?!)/,
        windowChars: maxChars,
      },
    ];
  });
  return [...named, ...own];
}

/** The rules of the user that name a place in messages. */
export function pathRulesOf(rules: RedactionRules | undefined): readonly PathRule[] {
  return (rules?.rules ?? []).flatMap((rule) =>
    'path' in rule ? [{ name: rule.name, path: rule.path.split('.'), event: rule.event }] : [],
  );
}
