// The library's decorators need the metadata API before its first class is evaluated.
import 'reflect-metadata';

export * from '@peculiar/x509';
