// The values that a field of type gender takes.

export const GENDERS: readonly string[] = ['male', 'female', 'other'];
