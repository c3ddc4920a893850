import { type Command, InvalidArgumentError, Option } from 'commander';
import { isConnectionId } from '../../src/groups/connection-id.ts';
import { clouds } from '../../src/settings/clouds.ts';
import { guid } from '../../src/settings/readers.ts';

/** Options that choose the Graph and the output format. */
export function withGraphOptions(command: Command): Command {
  return command
    .addOption(new Option('--cloud <name>', 'cloud (GRAPH_CLOUD; global)').choices(Object.keys(clouds)))
    .option('--local', 'the stand-in of the local stack ("npm start")')
    .option('--json', 'print only JSON on stdout');
}

export function readGuid(text: string): string {
  if (!guid.test(text)) throw new InvalidArgumentError('Must be a GUID.');
  return text.toLowerCase();
}

export function readConnectionId(text: string): string {
  if (!isConnectionId(text)) throw new InvalidArgumentError('Must be the id of a connection.');
  return text;
}

/** The value of an application role, such as `ExternalItem.ReadWrite.OwnedBy`. */
export function readRole(text: string): string {
  if (!/^[A-Za-z][\w-]*(?:\.[\w-]+){1,5}$/.test(text) || text.length > 100)
    throw new InvalidArgumentError(
      'Must be the value of an application role, such as ExternalItem.ReadWrite.OwnedBy.',
    );
  return text;
}
