import { exitCodes, Failure } from '../failure.ts';

/** Commands for somebody with the permission, ready to paste. */
export interface CommandsForAdministrator {
  readonly who: string;
  readonly az: readonly string[];
  readonly powershell: readonly string[];
}

/** The operator's sign-in lacks the permission: somebody else must run the commands. */
export class NotPermitted extends Failure {
  readonly commands: CommandsForAdministrator;

  constructor(sentence: string, commands: CommandsForAdministrator) {
    super(sentence, exitCodes.notPermitted);
    this.commands = commands;
  }
}

/** The commands as lines of text. */
export function describeCommands({ who, az, powershell }: CommandsForAdministrator): string[] {
  return [
    `For ${who}, with the Azure CLI:`,
    '',
    ...az.map((line) => `  ${line}`),
    '',
    'or with PowerShell:',
    '',
    ...powershell.map((line) => `  ${line}`),
  ];
}
