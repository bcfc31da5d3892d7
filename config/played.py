"""What tells a test resident from everybody else, known to the house and to its sandbox alike.

Only where the sandbox plays the register: in production nobody is a test resident.
"""

TEST_REGION = "440100"
"""How a test resident's number begins: Guangzhou as a whole. The numbers that the sandbox draws for
others begin with a county.
"""
