/**
 * Which entries `session.tools` may hold: functions, nested or flat, and on OMNI38 MCP servers (section
 * 3.1.1). It must never call a tool or reach a server.
 */
import { isJsonObject, type JsonObject, ownValue } from './json-object.js';
import { LIMITS } from './limits.js';
import { checkMcpTool } from './mcp-tool.js';
import type { Tool } from './session-object.js';
import type { Checked } from './update-rule.js';
import { accept, outOfRange, refusal } from './value-checks.js';

/** The name of a function tool, wherever it stands; undefined for other tools. */
export function functionName(tool: Tool): string | undefined {
  const { nested, name } = functionParts(tool as JsonObject);
  return nested?.name ?? name;
}

function functionParts(tool: JsonObject): { nested: { name: string } | undefined; name: string | undefined } {
  if (ownValue(tool, 'type') !== 'function') return { nested: undefined, name: undefined };
  const inner = ownValue(tool, 'function');
  const nestedName = isJsonObject(inner) ? ownValue(inner, 'name') : undefined;
  const flatName = ownValue(tool, 'name');
  return {
    nested: typeof nestedName === 'string' && nestedName !== '' ? { name: nestedName } : undefined,
    name: inner === undefined && typeof flatName === 'string' && flatName !== '' ? flatName : undefined,
  };
}

/** Whether MCP servers are among the tools. */
export function hasMcpTool(tools: readonly Tool[]): boolean {
  return tools.some((tool) => ownValue(tool as JsonObject, 'type') === 'mcp');
}

/** What is wrong with an entry; undefined when nothing is. */
function faultOf(tool: JsonObject, mcpAllowed: boolean): string | undefined {
  const type = ownValue(tool, 'type');
  if (type === 'function') {
    return functionName(tool as Tool) === undefined ? '{functions with a name}' : undefined;
  }
  if (type === 'mcp' && mcpAllowed) return checkMcpTool(tool);
  return mcpAllowed ? '{function, mcp}' : '{function}';
}

/**
 * Checks every entry; the first wrong one is refused under its own path, such as `session.tools[2]`.
 *
 * @param mcpAllowed whether the family knows MCP servers
 */
export function checkTools(tools: readonly unknown[], mcpAllowed: boolean): Checked<readonly Tool[]> {
  const labels = new Set<unknown>();
  for (const [index, tool] of tools.entries()) {
    const path = `tools[${index}]`;
    if (!isJsonObject(tool)) return refusal(outOfRange(path, tool, '{any tool}'));
    const fault = faultOf(tool, mcpAllowed);
    if (fault !== undefined) return refusal(outOfRange(path, tool, fault));
    if (ownValue(tool, 'type') !== 'mcp') continue;
    const label = ownValue(tool, 'server_label');
    if (labels.has(label)) return refusal(outOfRange(path, label, '{labels that are unique in the session}'));
    labels.add(label);
    if (labels.size > LIMITS.mcpServers) {
      return refusal(outOfRange(path, label, `{at most ${LIMITS.mcpServers} MCP servers}`));
    }
  }
  return accept(tools as readonly Tool[]);
}
