/**
 * The documented bounds of one MCP server entry (OMNI38, section 3.1.1). It must never open a connection.
 */
import { isJsonObject, type JsonObject, ownValue } from './json-object.js';
import { LIMITS } from './limits.js';

const LABEL = /^[A-Za-z0-9_-]+$/;
const PRINTABLE_ASCII = /^[ -~]*$/;
/** A host name with a dot, no user info, port 443 or none, no fragment. */
const PUBLIC_HTTPS = /^https:\/\/([A-Za-z0-9.-]+)(:443)?([/?][^#\s]*)?$/;
const PRIVATE_ADDRESS =
  /^(localhost|[^.]+|127\..*|10\..*|192\.168\..*|169\.254\..*|172\.(1[6-9]|2\d|3[01])\..*)$/;
const FORBIDDEN_HEADER_PREFIXES = ['mcp-', 'proxy-', 'x-forwarded-'];
const FORBIDDEN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept',
  'content-type',
  'forwarded',
  'cookie',
  'origin',
  'upgrade',
  'te',
  'trailer',
]);

/** One key, whether it must be there, and what holds of it. */
interface KeyRule {
  readonly key: string;
  readonly required: boolean;
  readonly accepts: (value: unknown) => boolean;
  /** What the refusal says is expected. */
  readonly expected: string;
}

const text = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most;

function isPublicUrl(value: unknown): boolean {
  if (!text(value, LIMITS.mcpUrlChars)) return false;
  const host = PUBLIC_HTTPS.exec(value)?.[1];
  return host !== undefined && !PRIVATE_ADDRESS.test(host.toLowerCase());
}

function areHeaders(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const headers = Object.entries(value);
  return headers.length <= LIMITS.mcpHeaders && headers.every(([name, written]) => isHeader(name, written));
}

function isHeader(name: string, value: unknown): boolean {
  const lower = name.toLowerCase();
  return (
    text(name, LIMITS.mcpHeaderNameChars) &&
    typeof value === 'string' &&
    value.length <= LIMITS.mcpHeaderValueChars &&
    !FORBIDDEN_HEADERS.has(lower) &&
    !FORBIDDEN_HEADER_PREFIXES.some((prefix) => lower.startsWith(prefix))
  );
}

const KEY_RULES: readonly KeyRule[] = [
  {
    key: 'server_label',
    required: true,
    accepts: (value) => text(value, LIMITS.mcpLabelChars) && LABEL.test(value),
    expected: '{a server_label of 1 to 64 characters A-Z a-z 0-9 _ -}',
  },
  {
    key: 'server_url',
    required: true,
    accepts: isPublicUrl,
    expected: '{a server_url that is public HTTPS on port 443}',
  },
  {
    key: 'authorization',
    required: false,
    accepts: (value) => text(value, LIMITS.mcpAuthorizationChars) && PRINTABLE_ASCII.test(value),
    expected: '{an authorization of printable ASCII}',
  },
  { key: 'headers', required: false, accepts: areHeaders, expected: '{headers that are allowed}' },
  {
    key: 'allowed_tools',
    required: false,
    accepts: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
    expected: '{allowed_tools that are names}',
  },
  {
    key: 'require_approval',
    required: false,
    accepts: (value) => value === 'always' || value === 'never',
    expected: "{a require_approval of 'always' or 'never'}",
  },
];

/** What is expected where an entry is wrong, for the first wrong key; undefined when it is right. */
export function checkMcpTool(tool: JsonObject): string | undefined {
  const broken = KEY_RULES.find(({ key, required, accepts }) => {
    const value = ownValue(tool, key);
    return value === undefined ? required : !accepts(value);
  });
  return broken?.expected;
}

/** The entry as the server echoes it: never with the address or the credentials. */
export function withoutMcpSecrets(tool: JsonObject): JsonObject {
  const { server_url, authorization, headers, ...echoed } = tool;
  return echoed;
}
