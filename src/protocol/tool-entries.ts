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

/** A function the model may call, whichever way the client nested it. */
export interface FunctionTool {
  readonly name: string;
  readonly description: string | undefined;
  /** The JSON Schema of the arguments, unchecked. */
  readonly parameters: JsonObject | undefined;
}

/** Reads a function tool, nested (as documented) or flat; undefined for MCP servers and nameless entries. */
export function functionTool(tool: Tool): FunctionTool | undefined {
  const entry: JsonObject = tool;
  if (ownValue(entry, 'type') !== 'function') return undefined;
  const inner = ownValue(entry, 'function');
  const source = inner === undefined ? entry : inner;
  if (!isJsonObject(source)) return undefined;
  const name = ownValue(source, 'name');
  if (typeof name !== 'string' || name === '') return undefined;
  const description = ownValue(source, 'description');
  const parameters = ownValue(source, 'parameters');
  return {
    name,
    description: typeof description === 'string' ? description : undefined,
    parameters: isJsonObject(parameters) ? parameters : undefined,
  };
}

/** Whether MCP servers are among the tools. */
export function hasMcpTool(tools: readonly Tool[]): boolean {
  return tools.some((tool) => ownValue(tool, 'type') === 'mcp');
}

/** What is wrong with an entry; undefined when nothing is. */
function faultOf(tool: JsonObject, mcpAllowed: boolean): string | undefined {
  const type = ownValue(tool, 'type');
  if (type === 'function') {
    return functionTool(tool as Tool) === undefined ? '{functions with a name}' : undefined;
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
