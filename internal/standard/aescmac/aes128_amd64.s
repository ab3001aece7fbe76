//go:build !purego

#include "textflag.h"

// func hasAES() bool
TEXT ·hasAES(SB), NOSPLIT, $0-1
	MOVL $1, AX
	XORL CX, CX
	CPUID
	SHRL $25, CX
	ANDL $1, CX
	MOVB CX, ret+0(FP)
	RET

// NEXT makes the next round key in X0 from the last one, in X0.
#define NEXT(rcon, offset) \
	AESKEYGENASSIST $rcon, X0, X1 \
	PSHUFD $0xFF, X1, X1          \
	MOVOU  X0, X2                 \
	PSLLO  $4, X2                 \
	PXOR   X2, X0                 \
	PSLLO  $4, X2                 \
	PXOR   X2, X0                 \
	PSLLO  $4, X2                 \
	PXOR   X2, X0                 \
	PXOR   X1, X0                 \
	MOVOU  X0, offset(BX)

// func expand128(key *[16]byte, schedule *[176]byte)
TEXT ·expand128(SB), NOSPLIT, $0-16
	MOVQ  key+0(FP), AX
	MOVQ  schedule+8(FP), BX
	MOVOU (AX), X0
	MOVOU X0, (BX)
	NEXT(0x01, 16)
	NEXT(0x02, 32)
	NEXT(0x04, 48)
	NEXT(0x08, 64)
	NEXT(0x10, 80)
	NEXT(0x20, 96)
	NEXT(0x40, 112)
	NEXT(0x80, 128)
	NEXT(0x1B, 144)
	NEXT(0x36, 160)
	RET

#define ROUND(offset) \
	MOVOU  offset(BX), X1 \
	AESENC X1, X0

// func encrypt128(schedule *[176]byte, dst, src *[16]byte)
TEXT ·encrypt128(SB), NOSPLIT, $0-24
	MOVQ       schedule+0(FP), BX
	MOVQ       dst+8(FP), DI
	MOVQ       src+16(FP), SI
	MOVOU      (SI), X0
	MOVOU      (BX), X1
	PXOR       X1, X0
	ROUND(16)
	ROUND(32)
	ROUND(48)
	ROUND(64)
	ROUND(80)
	ROUND(96)
	ROUND(112)
	ROUND(128)
	ROUND(144)
	MOVOU      160(BX), X1
	AESENCLAST X1, X0
	MOVOU      X0, (DI)
	RET
