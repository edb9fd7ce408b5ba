"""An agent that repeats what it is told, without a model or a key."""

from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph


def answer(state: MessagesState) -> dict[str, list[AIMessage]]:
    return {"messages": [AIMessage(state["messages"][-1].content)]}


graph = StateGraph(MessagesState).add_node("answer", answer).add_edge(START, "answer").compile()
