// Reads JSON text, with or without comments.

import { parseYamlFile, type YamlFile } from './yaml.ts';

export const parseJsonFile = (text: string): YamlFile => parseYamlFile(text.replace(/^\uFEFF/, ''), 'JSON');
