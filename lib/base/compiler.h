/* compiler.h - attributes of our functions for the compiler. */
#ifndef FO_COMPILER_H
#define FO_COMPILER_H

#define FO_MUST_CHECK	   __attribute__((warn_unused_result))
#define FO_PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))

/* For a large local variable that is filled before it is read: the hardening option
 * -ftrivial-auto-var-init would clear it first. */
#define FO_UNINITIALIZED __attribute__((uninitialized))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
