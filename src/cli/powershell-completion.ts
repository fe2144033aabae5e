// The completion script for PowerShell.
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter

import { NAME } from '../core/version.ts';
import { type CompletionCommand, indent } from './completion-shape.ts';

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export function formatPowershellCompletion(commands: readonly CompletionCommand[]): string {
  const names = [...commands.map(({ name, summary }) => [name, summary] as const), ['help', 'print help'] as const];
  const options = commands.map(({ name, options, words }) => {
    const flags = options.flatMap(({ flags, description }) => flags.map((flag) => [flag, description] as const));
    return `${literal(name)} = [ordered]@{ ${[...words.map((word) => [word, word] as const), ...flags].map(entry).join('; ')} }`;
  });
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined || value === 'file' || value.length === 0
        ? []
        : flags.map((flag) => `${literal(`${name} ${flag}`)} = @(${value.map(literal).join(', ')})`),
    ),
  );
  return `# PowerShell completion of ${NAME}: ${NAME} completion powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName ${NAME} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{ ${names.map(entry).join('; ')} }
  $options = @{
${indent(options, '    ')}  }
  $values = @{
${indent(values, '    ')}  }
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  if ($before.Count -le 1) {
    $found = $commands
  } else {
    $known = $values["$($before[1]) $($before[-1])"]
    if ($known) {
      $found = [ordered]@{}
      foreach ($value in $known) { $found[$value] = $value }
    } elseif ($before[1] -eq 'help') {
      $found = $commands
    } else {
      $found = $options[$before[1]]
    }
  }
  if ($null -eq $found) { return }
  $found.GetEnumerator() | Where-Object { $_.Key.StartsWith($wordToComplete) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterValue', $_.Value)
  }
}
`;
}

const entry = ([name, description]: readonly [string, string]): string => `${literal(name)} = ${literal(description)}`;
