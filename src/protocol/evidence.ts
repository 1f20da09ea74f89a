/**
 * How well a statement about the real service is known. Grades only: it must never decide behaviour.
 */

/**
 * `verified`: captured or measured; `reported`: credible third-party code or logs; `documented`: the vendor's
 * pages; `inferred`: follows from the others; `decision`: nobody knows, so this project chose.
 */
export type EvidenceGrade = 'verified' | 'reported' | 'documented' | 'inferred' | 'decision';
