/**
 * What a user adds to the redaction: the form of a rule file, checked. Must never accept what it would not obey.
 */
import { z } from 'zod';
import { LIMITS } from '../../protocol/limits.js';
import { PATTERN_NAMES } from './pattern-table.js';
import { regexpMistake } from './safe-regexp.js';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'it is no name such as customer-name: small letters, digits and hyphens')
  .describe('What placeholders and reports call it: small letters, digits and hyphens.');

const textRule = z
  .strictObject({
    name,
    text: z
      .string()
      .min(3)
      .max(LIMITS.redactionMatchChars)
      .describe('Found in any letter case and encoding.'),
  })
  .describe('A text as it is.');

const regexpRule = z
  .strictObject({
    name,
    regexp: z.string().min(1).max(1_000).describe('A regular expression of JavaScript without look-around.'),
    flags: z.enum(['', 'i', 'u', 'iu', 'ui']).optional().describe('`i`: in any letter case; `u`: Unicode.'),
    maxChars: z
      .int()
      .min(1)
      .max(LIMITS.redactionMatchChars)
      .optional()
      .describe('Most characters of a match. Default 256.'),
  })
  .superRefine(({ regexp, flags = '', maxChars = DEFAULT_MATCH_CHARS }, context) => {
    const message = regexpMistake(regexp, flags, maxChars);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['regexp'], message });
  })
  .describe('Whatever an expression matches.');

const pathRule = z
  .strictObject({
    name,
    path: z
      .string()
      .regex(/^[^.\s]+(?:\.[^.\s]+)*$/, 'it is no path such as session.instructions or item.content.*.text')
      .describe(
        'Keys with dots between them; `*` stands for any key or index. All values below are replaced.',
      ),
    event: z.string().optional().describe('Only in messages of this type.'),
  })
  .describe('The value at a place of a JSON message.');

/** The form of a rule file. */
export const redactionRulesSchema = z.strictObject({
  version: z.literal(1),
  patterns: z
    .partialRecord(z.enum(PATTERN_NAMES), z.boolean())
    .optional()
    .describe('Named patterns, switched on or off.'),
  allowHeaders: z
    .array(z.string().min(1))
    .max(LIMITS.redactionRules)
    .optional()
    .describe('Headers whose values are written as well.'),
  rules: z
    .array(z.union([textRule, regexpRule, pathRule]))
    .max(LIMITS.redactionRules)
    .optional(),
});

/** Rules of a user. */
export type RedactionRules = z.infer<typeof redactionRulesSchema>;

export const DEFAULT_MATCH_CHARS = 256;
