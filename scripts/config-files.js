// What reads the files of a configuration: the part of the command that is loaded once there is one.

export * from '../src/config/found-file.ts';
export * from '../src/config/mirror-files.ts';
export * from '../src/config/parse-config.ts';
